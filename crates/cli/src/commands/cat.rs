//! `bucketline cat`: prints the events of one object, from a file or from a bucket of the configuration.

use std::io::{self, Write as _};
use std::path::Path;

use bucketline_format::ocf;
use bucketline_service::model::Destination;
use bucketline_service::wire::{self, Aws};
use bytes::Bytes;

use crate::command_line::Cat;
use crate::configuration;
use crate::environment;
use crate::exit::Exit;
use crate::failure::{Failure, Outcome, Problem, chain};
use crate::report::written;

pub(crate) async fn run(options: Cat) -> Outcome<Exit> {
    let bytes = match options.object.strip_prefix("s3://") {
        Some(object) => fetch(&options, object).await?,
        None => std::fs::read(&options.object).map(Bytes::from).map_err(|error| {
            Failure::usage(Problem::new(format!("the object cannot be read: {error}")).at(&options.object))
        })?,
    };
    print(&bytes, &options.object)
}

async fn fetch(options: &Cat, object: &str) -> Outcome<Bytes> {
    let usage =
        |what: String, advice: &str| Failure::usage(Problem::new(what).at(&options.object).advice(advice));
    let Some((bucket, key)) = object
        .split_once('/')
        .filter(|(bucket, key)| !bucket.is_empty() && !key.is_empty())
    else {
        return Err(usage(
            "this names no object".to_owned(),
            "write `s3://bucket/key`, or a local file",
        ));
    };
    let config = configuration::load(options.config.path())?;
    let installation = &config.installation;
    let connector = installation.connectors.iter().find(|connector| {
        let ours = matches!(&connector.destination, Destination::Bucket(b) if b.name.as_str() == bucket);
        ours && connector.folder.contains_key(key)
    });
    let Some(connector) = connector else {
        let what = format!(
            "no connector of `{}` has this bucket and folder",
            options.config.path().display()
        );
        return Err(usage(
            what,
            "only objects of configured connectors can be read, with their credentials",
        ));
    };
    let located = |error: bucketline_service::Error| error.located(&config.places);
    let aws = Aws::load(installation, &environment::variables())
        .await
        .map_err(located)?;
    let opened = wire::open(installation, connector, &aws).map_err(located)?;
    let key = key
        .parse()
        .map_err(|error: bucketline_sink::Error| usage(chain(&error), "write the whole key"))?;
    let object = opened
        .sink
        .get(&key)
        .await
        .map_err(|error| Failure::findings(Problem::new(chain(&error)).advice(error.kind().advice())))?;
    Ok(object.payload)
}

fn print(bytes: &[u8], name: &str) -> Outcome<Exit> {
    let damaged = |error: bucketline_format::Error| {
        Failure::findings(Problem::new(chain(&error)).at(Path::new(name).display()))
    };
    let mut out = io::BufWriter::new(io::stdout().lock());
    if !ocf::is_object(bytes)
        && let Some((schema, datums)) = bucketline_format::read_alone(bytes).map_err(damaged)?
    {
        for datum in datums {
            let json = schema.decode_event(&datum).map_err(damaged)?;
            if let Err(error) = writeln!(out, "{json}") {
                return written(Err(error));
            }
        }
        return written(out.flush().map(|()| Exit::Done));
    }
    if !ocf::is_object(bytes) {
        // Lines as they stand there.
        let text = bucketline_format::text_of(bytes).map_err(damaged)?;
        if !text.starts_with('{') && !name.contains(".csv") {
            let problem = Problem::new("neither an Avro object container file nor lines of JSON or CSV");
            return Err(Failure::findings(problem.at(Path::new(name).display())));
        }
        return written(
            out.write_all(text.as_bytes())
                .and_then(|()| out.flush())
                .map(|()| Exit::Done),
        );
    }
    let reader = ocf::Reader::new(bytes).map_err(damaged)?;
    let schema = reader.schema().clone();
    for datum in reader {
        let json = schema.decode_event(&datum.map_err(damaged)?).map_err(damaged)?;
        if let Err(error) = writeln!(out, "{json}") {
            return written(Err(error));
        }
    }
    written(out.flush().map(|()| Exit::Done))
}
