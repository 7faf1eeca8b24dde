//! Why a mail was not taken, in words that hold neither an address nor what the server said.

use std::fmt;

use lettre::transport::smtp::Error;

/// The step in which it happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// Connecting, TLS, greeting.
    Connect,
    /// Signing in.
    SignIn,
    /// Sender, recipient, text.
    HandOver,
}

/// Why a mail was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Failure {
    /// There is no connection.
    Unreachable,
    /// No TLS came about that can be believed.
    Tls,
    /// The server did not greet as one does, or wants nobody at the moment.
    Greeting(Option<u16>),
    /// The server does not take the name and password.
    SignIn(Option<u16>),
    /// The server refused the mail for good.
    Refused(u16),
    /// The server does not take the mail at the moment.
    Deferred(Option<u16>),
    /// A step took too long.
    TimedOut(Step),
    /// The program was stopped meanwhile.
    Stopped,
    /// No mail can be made of what was queued.
    Unmade,
}

impl Failure {
    pub(super) fn of(step: Step, error: &Error) -> Self {
        let code = error.status().map(u16::from);
        match step {
            Step::Connect if error.is_client() || error.is_tls() || broke_tls(error) => Self::Tls,
            Step::Connect if code.is_some() || error.is_response() => Self::Greeting(code),
            Step::Connect => Self::Unreachable,
            Step::SignIn => Self::SignIn(code),
            Step::HandOver => match code {
                Some(code) if error.is_permanent() => Self::Refused(code),
                Some(_) | None => Self::Deferred(code),
            },
        }
    }

    /// Whether another try is of no use. A wrong password or certificate is not the mail's fault:
    /// somebody will put it right.
    pub(super) const fn is_final(self) -> bool {
        match self {
            Self::Refused(_) | Self::Unmade => true,
            Self::Unreachable
            | Self::Tls
            | Self::Greeting(_)
            | Self::SignIn(_)
            | Self::Deferred(_)
            | Self::TimedOut(_)
            | Self::Stopped => false,
        }
    }
}

/// Whether a connection was lost to TLS: rustls says so as invalid data.
fn broke_tls(error: &Error) -> bool {
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        let io = inner.downcast_ref::<std::io::Error>();
        if io.is_some_and(|io| io.kind() == std::io::ErrorKind::InvalidData) {
            return true;
        }
        source = inner.source();
    }
    false
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sentence, code) = match *self {
            Self::Unreachable => ("The mail server cannot be reached", None),
            Self::Tls => (
                "No protected connection to the mail server: it does not offer TLS, or its \
                 certificate is not trusted",
                None,
            ),
            Self::Greeting(code) => ("The mail server takes no mail", code),
            Self::SignIn(code) => ("The mail server does not let us sign in", code),
            Self::Refused(code) => ("The mail server refused the mail", Some(code)),
            Self::Deferred(code) => ("The mail server did not take the mail", code),
            Self::TimedOut(Step::Connect) => ("The mail server did not answer in time", None),
            Self::TimedOut(Step::SignIn) => ("Signing in to the mail server took too long", None),
            Self::TimedOut(Step::HandOver) => ("Handing the mail over took too long", None),
            Self::Stopped => ("Lightcase was stopped before the mail server had the mail", None),
            Self::Unmade => ("The mail cannot be written", None),
        };
        f.write_str(sentence)?;
        match code {
            Some(code) => write!(f, " ({code})."),
            None => f.write_str("."),
        }
    }
}
