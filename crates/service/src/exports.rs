//! Exports as this installation makes them: where their rows are, which stores they go to, and who is told. What an export
//! is and how it comes to its end is `bucketline-export`'s.

mod driver;
mod file;
mod places;
mod poster;
mod rows;
mod saved;

pub use driver::Background;
pub use file::parse as parse_job;
pub(crate) use rows::Rows;
pub use saved::{Saved, save};

use std::path::PathBuf;
use std::sync::Arc;

use bucketline_export::{Exporter, FolderJobStore};
use bucketline_notify::{SmtpMailer, SmtpPassword, SmtpSettings};

use crate::model::{Installation, MailServer, ModelPath};
use crate::notices::Notices;
use crate::variables::Variables;
use crate::wire::{Aws, secret_text};
use crate::{Error, Problem, chain};

/// The exporter of an installation. Asks no store yet. What becomes of exports is told by `notices`.
///
/// # Errors
/// A secret or a setting cannot be used, or the folder of jobs not be opened.
pub async fn open(
    installation: &Installation,
    variables: &Variables,
    notices: Option<&Notices>,
) -> Result<Exporter, Error> {
    let aws = Arc::new(Aws::load(installation, variables).await?);
    let jobs = FolderJobStore::open(jobs_folder(installation))
        .map_err(|error| Error::data_directory(Problem::new(error.chain())))?;
    let places =
        places::InstallationPlaces::new(installation.clone(), aws, variables.clone(), notices.cloned());
    let mut builder = Exporter::builder(jobs, rows::InstallationRows, places)
        .cap(installation.exports.concurrent)
        .link_lifetime(installation.exports.link_lifetime);
    if let Some(mail) = &installation.mail {
        builder = builder.mailer(Arc::new(mailer(mail, variables)?));
    }
    if !installation.exports.callback_secrets.is_empty() {
        let poster = poster::SignedPoster::new(&installation.exports.callback_secrets, variables)?;
        builder = builder.poster(Arc::new(poster));
    }
    if let Some(notices) = notices {
        builder = builder.teller(notices.teller());
    }
    Ok(builder.build())
}

/// Goes on with exports in the background, as long as what this returns is kept: at once, and then every minute. Where
/// there never was an export nothing is opened until there is one.
///
/// # Errors
/// As [`open`], where there was an export.
pub async fn in_background(
    installation: &Installation,
    variables: &Variables,
    notices: Option<Notices>,
) -> Result<Background, Error> {
    let exporter = match jobs_folder(installation).exists() {
        true => Some(open(installation, variables, notices.as_ref()).await?),
        false => None,
    };
    Ok(Background::start(
        installation.clone(),
        variables.clone(),
        notices,
        exporter,
    ))
}

fn jobs_folder(installation: &Installation) -> PathBuf {
    installation.exports.dir.join("jobs")
}

/// The mail server, with its password from where it is kept. Connects to nobody.
///
/// # Errors
/// The password cannot be read, or a setting cannot be used.
pub fn mailer(server: &MailServer, variables: &Variables) -> Result<SmtpMailer, Error> {
    let mut settings = SmtpSettings::new(&server.host, server.from.clone()).security(server.security);
    if let Some(port) = server.port {
        settings = settings.port(port);
    }
    if let Some((user, keeper)) = &server.login {
        let password = secret_text(keeper, &ModelPath::mail().value("password"), variables)?;
        settings = settings.login(
            user,
            SmtpPassword::new(password.trim_end_matches(['\r', '\n']).to_owned()),
        );
    }
    if let Some(ca) = &server.ca {
        let pem = std::fs::read(ca).map_err(|error| {
            let what = format!("the certificate `{}` cannot be read: {error}", ca.display());
            Error::configuration(Problem::new(what).at_model(ModelPath::mail()))
        })?;
        settings = settings.ca_pem(pem);
    }
    SmtpMailer::new(settings)
        .map_err(|error| Error::configuration(Problem::new(chain(&error)).at_model(ModelPath::mail())))
}
