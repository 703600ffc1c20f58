//! The command line of Zhida: policies find the people they were written for.
//!
//! One file per subcommand in [`command`]; each is thin and calls a library.
//! Results go to stdout, findings and progress to stderr. Exit code 0 is
//! success, 1 a finding or failure, 2 wrong usage.

#![expect(
    unreachable_pub,
    reason = "a program has no public interface: `pub` says what a module offers the others"
)]

mod command;
mod input;
mod output;
mod rows;
mod snapshot;
mod state;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// 直达 Zhida: decides for every policy who qualifies, says why, and tells them.
#[derive(Debug, Parser)]
#[command(name = "zhida", version, about, long_about = None, max_term_width = 100)]
#[command(after_help = "Start with `zhida demo`, or `zhida check` on your own policies.")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make sample data, build dossiers, match and serve: all of it in one go
    Demo(command::demo::Arguments),
    /// Make source tables of any size, with faults and a ledger of them
    Synth(command::synth::Arguments),
    /// Check the catalogue and policies, and run the cases beside them
    Check(command::check::Arguments),
    /// Say who qualifies for one policy, or version, and not for another
    Diff(command::diff::Arguments),
    /// Draft the policy file of a document, every clause accounted for
    Draft(command::draft::Arguments),
    /// Build dossiers and a snapshot from departments' tables
    Build(command::build::Arguments),
    /// Judge every dossier by every policy and write the matches
    Match(command::matches::Arguments),
    /// List who will become or cease to be eligible as time passes
    Upcoming(command::upcoming::Arguments),
    /// Say why a policy fits a subject or does not
    Explain(command::explain::Arguments),
    /// Count whom each policy covers and misses, and what stands in the way
    Coverage(command::coverage::Arguments),
    /// Try a change of a policy: who wins, who loses, what it costs
    Simulate(Box<command::simulate::Arguments>),
    /// Print a policy as SQL for DuckDB or Spark
    Sql(command::sql::Arguments),
    /// List what is new for each subject since the last run
    Push(command::push::Arguments),
    /// Find policies by words, or documents of a corpus
    Search(Box<command::search::Arguments>),
    /// Answer portals over HTTP from a snapshot
    Serve(command::serve::Arguments),
    /// Find one kind of value in each line: numbers, bounds, money, dates, codes
    Parse(command::parse::Arguments),
    /// List what documents state: conditions, benefits, windows, with their words
    Extract(command::extract::Arguments),
    /// Measure how good an answer is
    Evaluate(command::evaluate::Arguments),
    /// Learn the order of policies from what was opened, applied for and approved
    Train(command::train::Arguments),
    /// Print the JSON Schema of a kind of file, for editors
    Schema(command::schema::Arguments),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let result = match arguments.command {
        Command::Demo(arguments) => command::demo::run(&arguments),
        Command::Synth(arguments) => command::synth::run(&arguments),
        Command::Check(arguments) => command::check::run(&arguments),
        Command::Diff(arguments) => command::diff::run(&arguments),
        Command::Draft(arguments) => command::draft::run(&arguments),
        Command::Build(arguments) => command::build::run(&arguments),
        Command::Match(arguments) => command::matches::run(&arguments),
        Command::Upcoming(arguments) => command::upcoming::run(&arguments),
        Command::Explain(arguments) => command::explain::run(&arguments),
        Command::Coverage(arguments) => command::coverage::run(&arguments),
        Command::Simulate(arguments) => command::simulate::run(&arguments),
        Command::Sql(arguments) => command::sql::run(&arguments),
        Command::Push(arguments) => command::push::run(&arguments),
        Command::Search(arguments) => command::search::run(&arguments),
        Command::Serve(arguments) => command::serve::run(&arguments),
        Command::Extract(arguments) => command::extract::run(&arguments),
        Command::Evaluate(arguments) => command::evaluate::run(&arguments),
        Command::Parse(arguments) => command::parse::run(&arguments),
        Command::Train(arguments) => command::train::run(&arguments),
        Command::Schema(arguments) => command::schema::run(&arguments),
    };
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            output::failure(&error);
            ExitCode::FAILURE
        }
    }
}
