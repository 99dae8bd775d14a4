"""Realistic files of Go, Rust and Swift, with what is to be found in them."""

from code_sample import Broken, Place, Sample

from foureyes.code.languages import Language

GO = Sample(
    Language.GO,
    """\
        // Package store keeps orders.
        package store

        import (
            "context"
            "database/sql"
            "fmt"

            log "github.com/acme/logging"
            . "github.com/acme/money"
        )

        const maxRetries = 3

        var (
            ErrMissing = fmt.Errorf("missing")
            drivers    = map[string]Driver{}
        )

        // Store reads and writes orders.
        type Store struct {
            db     *sql.DB
            logger log.Logger
        }

        type Finder interface {
            Find(ctx context.Context, id int64) (*Order, error)
        }

        type Ident int64

        // Open connects to a database.
        func Open(url string) (*Store, error) {
            db, err := sql.Open("postgres", url)
            if err != nil || db == nil {
                return nil, fmt.Errorf("open: %w", err)
            }
            return &Store{db: db, logger: log.Default()}, nil
        }

        // Find returns one order.
        func (s *Store) Find(ctx context.Context, id int64) (*Order, error) {
            for attempt := 0; attempt < maxRetries; attempt++ {
                row := s.db.QueryRowContext(ctx, query, id)
                order, err := scanOrder(row)
                switch {
                case err == nil:
                    return order, nil
                case isTransient(err):
                    backoff(attempt)
                }
            }
            return nil, ErrMissing
        }

        func Keys[K comparable, V any](m map[K]V) []K {
            return collect(m, func(k K) K { return k })
        }
    """,
    symbols="""\
        constant maxRetries 13-13: 13
        constant ErrMissing 16-16: 16
        constant drivers 17-17: 17
        struct Store 20-24: 21
        interface Finder 26-28: 26
        type Ident 30-30: 30
        function Open 32-39: 33
        method Store.Find 41-54: 42
        function Keys 56-58: 56
    """,
    places=(
        Place("db, err := sql.Open", "Open", uses="sql Open", calls="Open"),
        Place("row := s.db", "Store.Find", uses="db QueryRowContext query", calls="QueryRowContext"),
        Place("case isTransient", "Store.Find", uses="isTransient", calls="isTransient"),
        Place("return collect(m", "Keys", uses="collect K", calls="collect"),
    ),
    imports="""\
        5 context
        6 database/sql
        7 fmt
        9 github.com/acme/logging
        10 github.com/acme/money *
    """,
    complexity={"Open": 3, "Store.Find": 4},
    broken=(
        Broken("func Open(url string)", "func Open(url string", (33,)),
        Broken("    for attempt := 0;", "    for for attempt := 0;", (43,)),
    ),
)


RUST = Sample(
    Language.RUST,
    """\
        //! Retries.

        use std::collections::{HashMap, HashSet};
        use std::fmt::{self, Display};
        use crate::clock::Clock as Time;

        mod backoff;

        pub const LIMIT: u32 = 5;
        static NAMES: &[&str] = &["a", "b"];

        /// What may go wrong.
        #[derive(Debug, Clone)]
        pub enum Failure {
            Timeout(u64),
            Refused { host: String },
        }

        impl Display for Failure {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self {
                    Failure::Timeout(seconds) => write!(f, "{seconds} s"),
                    Failure::Refused { host } if host.is_empty() => write!(f, "refused"),
                    Failure::Refused { host } => write!(f, "refused by {host}"),
                }
            }
        }

        pub struct Retry<T> {
            clock: T,
            seen: HashMap<String, u32>,
        }

        impl<T: Time> Retry<T> {
            /// Runs a call until it works.
            #[must_use]
            pub async fn run<F>(&mut self, name: &str, call: F) -> Result<u8, Failure>
            where
                F: Fn() -> Result<u8, Failure>,
            {
                let mut tries = 0;
                while tries < LIMIT && !self.stopped() {
                    if let Ok(value) = call() {
                        return Ok(value);
                    }
                    self.clock.sleep(backoff::delay(tries)).await?;
                    tries += 1;
                }
                Err(Failure::Timeout(u64::from(tries)))
            }
        }

        macro_rules! retry {
            ($e:expr) => {
                run_again(|| $e)
            };
        }

        #[cfg(test)]
        mod tests {
            use super::*;

            #[test]
            fn names_are_known() {
                assert_eq!(NAMES.len(), known_names().count());
            }
        }
    """,
    symbols="""\
        constant LIMIT 9-9: 9
        constant NAMES 10-10: 10
        enum Failure 12-17: 14
        extension Failure 19-27: 19
        method Failure::fmt 20-26: 20
        struct Retry 29-32: 29
        extension Retry 34-51: 34
        method Retry::run 35-50: 37
        macro retry 53-57: 53
        module tests 59-67: 60
        function tests::names_are_known 63-66: 64
    """,
    places=(
        Place("Failure::Timeout(seconds) => write", "Failure::fmt", uses="Failure Timeout", calls=""),
        Place("if let Ok(value)", "Retry::run", uses="", calls="call"),
        Place("self.clock.sleep", "Retry::run", uses="clock sleep backoff delay", calls="sleep delay"),
        Place("assert_eq!(", "tests::names_are_known", uses="NAMES known_names count", calls=""),
    ),
    imports="""\
        3 std::collections HashMap HashSet
        4 std::fmt self Display
        5 crate::clock Clock
        7 self::backoff
        61 super *
    """,
    complexity={"Failure": 4, "Failure::fmt": 4, "Retry": 5, "Retry::run": 5},
    broken=(
        Broken("pub enum Failure {", "pub enum {", (14, 15, 16)),
        Broken("let mut tries = 0;", "let mut tries = = 0;", (41,)),
    ),
)


SWIFT = Sample(
    Language.SWIFT,
    """\
        import Foundation
        @testable import NetworkKit

        let defaultTimeout = 30.0

        typealias Completion = (Result<Data, Failure>) -> Void

        /// Loads what a server has.
        @MainActor
        public final class Loader: NSObject {
            private var tasks: [URL: Task] = [:]
            let session: Session

            init(session: Session = Session.shared) {
                self.session = session
            }

            deinit {
                cancelAll()
            }

            // Answers from the cache where it can.
            @discardableResult
            func load(_ url: URL, retries: Int = 3) async throws -> Data {
                guard let host = url.host, !blocked(host) else {
                    throw Failure.refused
                }
                for attempt in 0..<retries {
                    do {
                        return try await session.fetch(url, timeout: defaultTimeout)
                    } catch {
                        if attempt == retries - 1 || isFatal(error) { throw error }
                    }
                }
                return fallbackData(host) ?? Data()
            }
        }

        protocol Failable {
            func fails(_ code: Int) -> Bool
        }

        extension Loader: Failable {
            func fails(_ code: Int) -> Bool {
                switch code {
                case 200: return false
                default: return known(code) ? true : assess(code)
                }
            }
        }

        struct Size { var width: Int }

        enum Failure: Error { case refused }
    """,
    symbols="""\
        constant defaultTimeout 4-4: 4
        type Completion 6-6: 6
        class Loader 8-37: 10
        method Loader.init 14-16: 14
        method Loader.deinit 18-20: 18
        method Loader.load 22-36: 24
        interface Failable 39-41: 39
        method Failable.fails 40-40: 40
        extension Loader 43-50: 43
        method Loader.fails 44-49: 44
        struct Size 52-52: 52
        enum Failure 54-54: 54
    """,
    places=(
        Place("cancelAll()", "Loader.deinit", uses="cancelAll", calls="cancelAll"),
        Place("guard let host", "Loader.load", uses="host blocked", calls="blocked"),
        Place("return try await", "Loader.load", uses="session fetch timeout defaultTimeout", calls="fetch"),
        Place("default: return", "Loader.fails", uses="known assess", calls="known assess"),
        Place("return fallbackData", "Loader.load", uses="fallbackData Data", calls="fallbackData Data"),
    ),
    imports="""\
        1 Foundation
        2 NetworkKit
    """,
    complexity={"Loader": 4, "Loader.load": 7, "Loader.fails": 4},
    broken=(
        Broken("func load(_ url: URL,", "func load(_ url: URL,,", (24,)),
        Broken("cancelAll()", "cancelAll(", (19,)),
    ),
)


SYSTEM_SAMPLES = (
    GO,
    RUST,
    SWIFT,
)
