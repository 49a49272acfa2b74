//! Generations: the settings that shape a connector's objects, as one immutable, hashed version. Knows nothing of the
//! events routed to it.

use bucketline_spool::{Generation, GenerationId};

use crate::ConnectorConfig;
use crate::digest::hash16;

/// The generation of a connector's present settings, as number `counter` of that connector.
pub(crate) fn generation(config: &ConnectorConfig, counter: u64) -> Generation {
    let mut generation = Generation {
        id: GenerationId::from_bytes([0; 16]),
        counter,
        connector: config.id.to_string(),
        workspace: config.workspace.to_string(),
        grant: config.grant.clone(),
        bucket: config.destination.bucket_name().to_owned(),
        endpoint: config.destination.endpoint().to_owned(),
        folder: config.destination.folder().to_string(),
        cluster: config.cluster.to_string(),
        zone: config.zone.to_string(),
        format: config.encoder.format().to_owned(),
        codec: config.encoder.codec().to_owned(),
        encryption: config.encryption.to_text(),
        transforms: config.transforms.canonical(),
    };
    generation.id = id_of(&generation);
    generation
}

/// Whether two generations have the same settings, whatever their counters, grants and encryptions are: those change neither the bytes
/// of an object nor its key, and are taken from today's configuration at each put.
pub(crate) fn same_settings(a: &Generation, b: &Generation) -> bool {
    if bent!(ZoneMakesNoGeneration) {
        return same_destination(a, b);
    }
    settings(a) == settings(b)
}

/// Whether two generations deliver into the same folder of the same store.
pub(crate) fn same_destination(a: &Generation, b: &Generation) -> bool {
    (&a.endpoint, &a.bucket, &a.folder) == (&b.endpoint, &b.bucket, &b.folder)
}

fn id_of(generation: &Generation) -> GenerationId {
    let counter = generation.counter.to_le_bytes();
    let mut parts: Vec<&[u8]> = settings(generation).map(str::as_bytes).to_vec();
    parts.push(&counter);
    GenerationId::from_bytes(hash16(&parts))
}

fn settings(generation: &Generation) -> [&str; 10] {
    [
        &generation.connector,
        &generation.workspace,
        &generation.endpoint,
        &generation.bucket,
        &generation.folder,
        &generation.cluster,
        &generation.zone,
        &generation.format,
        &generation.codec,
        &generation.transforms,
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Destination;
    use bucketline_sink::Encryption;

    fn config(folder: &str) -> ConnectorConfig {
        ConnectorConfig::new(
            "5f1e0c2ab7d94e00a1b2c3d4".parse().unwrap(),
            "acme".parse().unwrap(),
            Destination::bucket("b", "", folder.parse().unwrap()),
            "prod-01".parse().unwrap(),
            "a".parse().unwrap(),
        )
    }

    #[test]
    fn what_changes_bytes_or_keys_changes_the_id_and_nothing_else_does() {
        let base = generation(&config("f"), 0);
        assert_eq!(base.id, generation(&config("f").grant("other"), 0).id);
        assert_ne!(base.id, generation(&config("f"), 1).id);
        assert_ne!(base.id, generation(&config("g"), 0).id);
        assert_eq!(
            base.id,
            generation(&config("f").encryption(Encryption::Aes256), 0).id
        );
        assert!(same_settings(&base, &generation(&config("f").grant("other"), 7)));
        assert!(!same_destination(&base, &generation(&config("g"), 0)));
    }
}
