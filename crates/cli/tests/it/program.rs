//! The program as a process, with nothing of the developer's environment in it.

use std::path::Path;
use std::process::{Child, Command, ExitStatus, Output, Stdio};

/// What a run of the program came to.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// A command line to be run in a folder.
#[derive(Debug)]
pub(crate) struct Program(Command);

impl Program {
    pub(crate) fn new(folder: &Path) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_bucketline"));
        command.current_dir(folder).env_clear().stdin(Stdio::null());
        // Without it, `~/.aws/config` of whoever runs the tests would be read, and the metadata of the machine asked for.
        command
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env("AWS_CONFIG_FILE", "/nonexistent")
            .env("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent");
        Self(command)
    }

    pub(crate) fn args<'a>(mut self, args: impl IntoIterator<Item = &'a str>) -> Self {
        self.0.args(args);
        self
    }

    pub(crate) fn envs<'a>(mut self, variables: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        self.0.envs(variables);
        self
    }

    /// With its results going elsewhere.
    pub(crate) fn stdout(mut self, to: impl Into<Stdio>) -> Self {
        self.0.stdout(to);
        self
    }

    /// Runs it to its end.
    pub(crate) fn run(mut self) -> Ran {
        // Without a `stdout` of its own, it is kept.
        Ran::of(self.0.output().expect("the program starts"))
    }

    /// Runs it with this on standard input.
    pub(crate) fn run_with_input(mut self, input: &[u8]) -> Ran {
        use std::io::Write as _;
        self.0
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = self.0.spawn().expect("the program starts");
        let mut stdin = child.stdin.take().unwrap();
        let input = input.to_owned();
        let writer = std::thread::spawn(move || stdin.write_all(&input));
        let output = child.wait_with_output().unwrap();
        let _ = writer.join().unwrap();
        Ran::of(output)
    }

    /// Starts it with somebody at the other end of standard input.
    pub(crate) fn start_with_input(mut self) -> (Child, std::process::ChildStdin) {
        self.0.stdin(Stdio::piped());
        let mut child = self.start();
        let stdin = child.stdin.take().unwrap();
        (child, stdin)
    }

    /// Starts it with its output kept for [`finish`].
    pub(crate) fn start(mut self) -> Child {
        self.0.stdout(Stdio::piped()).stderr(Stdio::piped());
        self.0.spawn().expect("the program starts")
    }
}

/// Waits for a program that was started.
pub(crate) fn finish(child: Child) -> Ran {
    Ran::of(child.wait_with_output().unwrap())
}

/// Sends a signal, by name, to a program that was started.
pub(crate) fn signal(child: &Child, name: &str) -> ExitStatus {
    Command::new("kill")
        .arg(format!("-{name}"))
        .arg(child.id().to_string())
        .status()
        .unwrap()
}

impl Ran {
    fn of(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// All that a person sees.
    pub(crate) fn all(&self) -> String {
        format!("{}{}", self.stdout, self.stderr)
    }

    #[track_caller]
    pub(crate) fn expect_code(self, code: i32) -> Self {
        assert_eq!(
            self.code, code,
            "exit code\nstdout: {}\nstderr: {}",
            self.stdout, self.stderr
        );
        self
    }

    #[track_caller]
    pub(crate) fn expect_said(self, text: &str) -> Self {
        assert!(
            self.all().contains(text),
            "`{text}` is not in\nstdout: {}\nstderr: {}",
            self.stdout,
            self.stderr
        );
        self
    }
}
