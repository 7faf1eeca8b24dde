//! Links, as they are typed.

use clap::{Args, Subcommand};
use lightcase_model::{Factor, Language};

#[derive(Debug, Subcommand)]
pub(crate) enum Share {
    /// Make links, one for each recipient; links and passcodes are shown this once.
    Create(Box<CreateShare>),
    /// List the links, newest first.
    List {
        /// Only links to this study.
        #[arg(long, value_name = "UID")]
        study: Option<String>,
        /// Only links for a recipient whose name or address has this in it.
        #[arg(long, value_name = "TEXT")]
        recipient: Option<String>,
        /// Only links that have not ended.
        #[arg(long, conflicts_with_all = ["ended", "never_opened"])]
        live: bool,
        /// Only links that have.
        #[arg(long)]
        ended: bool,
        /// Only links that nobody ever opened.
        #[arg(long)]
        never_opened: bool,
    },
    /// Show one link: what was opened, seen and tried.
    Show {
        /// Its identifier.
        id: String,
    },
    /// Move the end of a link, to 90 days after it was made at most.
    Extend {
        /// Its identifier.
        id: String,
        /// `7d`, `12h`, or an instant with a zone.
        #[arg(long)]
        expires: String,
    },
    /// Give a link another secret and passcode, shown this once; the old ones open nothing any more.
    Resend {
        /// Its identifier.
        id: String,
        /// Mail it to the recipient's address; the running server sends it.
        #[arg(long)]
        mail: bool,
    },
    /// End a link now.
    Revoke {
        /// Its identifier.
        id: String,
    },
    /// End all links of a study, patient, recipient or user.
    Recall(Recall),
}

#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag that is typed or not")]
pub(crate) struct CreateShare {
    /// Study Instance UID; may be given several times.
    #[arg(long = "study", required = true, value_name = "UID")]
    pub(crate) studies: Vec<String>,
    /// Series Instance UID; only these instead of the whole study.
    #[arg(long = "series", value_name = "UID")]
    pub(crate) series: Vec<String>,
    /// Who it is for: `Dr. A. Example`, or `Dr. A. Example <a@practice.example>`; may be given several
    /// times.
    #[arg(long = "recipient", required = true, value_name = "NAME")]
    pub(crate) recipients: Vec<String>,
    /// Let the recipient take the DICOM objects along.
    #[arg(long)]
    pub(crate) download: bool,
    /// From when on it opens: `2h`, or an instant with a zone; at once unless given.
    #[arg(long)]
    pub(crate) starts: Option<String>,
    /// When it ends: `7d`, `12h`, or an instant with a zone; 90 days at most.
    #[arg(long, default_value = "7d")]
    pub(crate) expires: String,
    /// How many browsers may open it.
    #[arg(long, default_value_t = 5)]
    pub(crate) uses: u32,
    /// What is asked for, in order: `passcode`, `email` (a code by mail), `account`, `birthDate`; a
    /// passcode unless given.
    #[arg(long = "factor", value_name = "FACTOR", conflicts_with = "no_passcode")]
    pub(crate) factors: Vec<Factor>,
    /// Nothing is asked for: whoever has the link gets in.
    #[arg(long)]
    pub(crate) no_passcode: bool,
    /// Lend out clean copies, without names, dates and numbers that identify.
    #[arg(long)]
    pub(crate) clean: bool,
    /// Series that arrive later belong to it, too.
    #[arg(long, conflicts_with_all = ["series", "clean"])]
    pub(crate) arrivals: bool,
    /// What it is for, in the recipient's notice; unless given, what the authority says, in the
    /// language of the link.
    #[arg(long)]
    pub(crate) purpose: Option<String>,
    /// By what right: `treatment`, `ownAccess`, or `authorisation`; treatment unless a record is
    /// named.
    #[arg(long)]
    pub(crate) authority: Option<String>,
    /// The record that they are made under.
    #[arg(long, value_name = "ID")]
    pub(crate) authorisation: Option<String>,
    /// Who shares, in notice and mail: `Radiology, Example Hospital`; the operator of this archive
    /// unless given.
    #[arg(long, value_name = "NAME")]
    pub(crate) sender: Option<String>,
    /// What the recipient is told beside it.
    #[arg(long, default_value = "")]
    pub(crate) message: String,
    /// The language of notice and mail: `en` or `de`.
    #[arg(long, default_value = "en")]
    pub(crate) language: Language,
    /// Mail the links to the recipients' addresses; the running server sends them.
    #[arg(long)]
    pub(crate) mail: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Recall {
    #[command(flatten)]
    pub(crate) whose: Whose,
    /// Why; recorded with each.
    #[arg(long)]
    pub(crate) reason: String,
}

// A type of its own, since a group has all arguments of its type: a reason is no alternative to a
// study.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Whose {
    /// Study Instance UID.
    #[arg(long, value_name = "UID")]
    pub(crate) study: Option<String>,
    /// Patient ID.
    #[arg(long, value_name = "ID")]
    pub(crate) patient_id: Option<String>,
    /// A recipient's name or address.
    #[arg(long, value_name = "NAME")]
    pub(crate) recipient: Option<String>,
    /// The name of an account.
    #[arg(long, value_name = "NAME")]
    pub(crate) user: Option<String>,
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::cli::{Cli, Command};

    fn read(arguments: &[&str]) -> Option<Recall> {
        let line = [&["lightcase", "share", "recall"], arguments].concat();
        let Command::Share(Share::Recall(recall)) = Cli::try_parse_from(line).ok()?.command else {
            panic!("{arguments:?}");
        };
        Some(recall)
    }

    #[test]
    fn links_are_recalled_of_one_and_with_a_reason() {
        for (place, choice) in
            ["--study", "--patient-id", "--recipient", "--user"].into_iter().enumerate()
        {
            let recall = read(&[choice, "X", "--reason", "Y"]).unwrap();
            let Whose { study, patient_id, recipient, user } = recall.whose;
            let named = [study, patient_id, recipient, user];
            let expected: [Option<&str>; 4] =
                std::array::from_fn(|at| (at == place).then_some("X"));
            assert_eq!(named.each_ref().map(Option::as_deref), expected, "{choice}");
            assert_eq!(recall.reason, "Y");
            assert!(read(&[choice, "X"]).is_none(), "{choice} without a reason");
        }
        assert!(read(&["--reason", "Y"]).is_none());
        assert!(read(&["--study", "1.2", "--user", "X", "--reason", "Y"]).is_none());
    }
}
