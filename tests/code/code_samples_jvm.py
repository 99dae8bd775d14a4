"""Realistic files of Java, Kotlin and Scala, with what is to be found in them."""

from code_sample import Broken, Place, Sample

from foureyes.code.languages import Language

JAVA = Sample(
    Language.JAVA,
    """\
        package com.acme.orders;

        import static java.util.Objects.requireNonNull;

        import com.acme.money.Money;
        import java.util.List;
        import java.util.stream.*;

        /**
         * Books orders.
         */
        @Service
        public class OrderService<T extends Order> implements Booking {
            private static final int LIMIT = 100;
            private final Repository repository;

            @Inject
            public OrderService(Repository repository) {
                this.repository = requireNonNull(repository);
            }

            // Books one and tells its price.
            @Override
            @Transactional(readOnly = false)
            public Money book(T order, List<Coupon> coupons) throws BookingException {
                if (order.lines().isEmpty() || order.lines().size() > LIMIT) {
                    throw new BookingException("lines");
                }
                Money total = Money.zero();
                for (Line line : order.lines()) {
                    total = total.plus(line.price());
                }
                try {
                    repository.save(order);
                } catch (SqlException failure) {
                    audit(failure);
                }
                return coupons.stream().reduce(total, Coupon::apply, Money::lower);
            }

            enum State { OPEN, CLOSED }

            record Receipt(String number, Money total) {
                Receipt {
                    requireNonNull(number);
                }
            }

            interface Listener {
                void booked(Receipt receipt);
            }
        }
    """,
    symbols="""\
        class OrderService 9-52: 13
        constant OrderService.LIMIT 14-14: 14
        method OrderService.OrderService 17-20: 18
        method OrderService.book 22-39: 25
        enum OrderService.State 41-41: 41
        class OrderService.Receipt 43-47: 43
        method OrderService.Receipt.Receipt 44-46: 44
        interface OrderService.Listener 49-51: 49
        method OrderService.Listener.booked 50-50: 50
    """,
    places=(
        Place(
            "this.repository =", "OrderService.OrderService", uses="repository requireNonNull", calls="requireNonNull"
        ),
        Place("throw new BookingException", "OrderService.book", uses="BookingException", calls="BookingException"),
        Place("total = total.plus", "OrderService.book", uses="plus price", calls="plus price"),
        Place(
            "return coupons.stream",
            "OrderService.book",
            uses="stream reduce Coupon apply Money lower",
            calls="reduce stream apply lower",
        ),
        Place(
            "requireNonNull(number)",
            "OrderService.Receipt.Receipt",
            uses="requireNonNull number",
            calls="requireNonNull",
        ),
    ),
    imports="""\
        3 java.util.Objects requireNonNull
        5 com.acme.money.Money
        6 java.util.List
        7 java.util.stream *
    """,
    complexity={"OrderService": 5, "OrderService.book": 5},
    broken=(
        Broken("public Money book(T order,", "public Money book(T order,,", (25,)),
        Broken("audit(failure);", "audit(failure;", (36,)),
    ),
)


KOTLIN = Sample(
    Language.KOTLIN,
    """\
        package com.acme.users

        import com.acme.mail.Mailer
        import com.acme.text.*
        import kotlin.math.max as greater

        const val MAX_NAME = 40

        typealias UserId = Long

        /** A person. */
        data class User(val id: UserId, val name: String)

        // Thrown where nobody is found.
        class UserMissing(id: UserId) : RuntimeException("user $id")

        interface Users {
            suspend fun find(id: UserId): User?
        }

        @Service
        class CachedUsers(private val source: Users, private val mailer: Mailer) : Users {
            private val known = HashMap<UserId, User>()

            init {
                register(this)
            }

            override suspend fun find(id: UserId): User? {
                val user = known[id] ?: source.find(id)
                if (user != null && user.name.length > MAX_NAME) {
                    mailer.warn(shortened(user.name))
                }
                return when {
                    user == null -> null
                    id < 0 -> throw UserMissing(id)
                    else -> remember(user)
                }
            }

            companion object {
                fun create(): CachedUsers = CachedUsers(DatabaseUsers(), Mailer.default())
            }
        }

        object Registry {
            fun clear() = entries.forEach { it.close() }
        }

        fun User.greeting(): String = "Hello " + titled(name)
    """,
    symbols="""\
        constant MAX_NAME 7-7: 7
        type UserId 9-9: 9
        class User 11-12: 12
        class UserMissing 14-15: 15
        interface Users 17-19: 17
        method Users.find 18-18: 18
        class CachedUsers 21-44: 22
        method CachedUsers.init 25-27: 25
        method CachedUsers.find 29-39: 29
        class CachedUsers.Companion 41-43: 41
        method CachedUsers.Companion.create 42-42: 42
        class Registry 46-48: 46
        method Registry.clear 47-47: 47
        function greeting 50-50: 50
    """,
    places=(
        Place("register(this)", "CachedUsers.init", uses="register", calls="register"),
        Place("mailer.warn(", "CachedUsers.find", uses="mailer warn shortened name", calls="warn shortened"),
        Place("id < 0 ->", "CachedUsers.find", uses="UserMissing", calls="UserMissing"),
        Place(
            "fun create():",
            "CachedUsers.Companion.create",
            uses="CachedUsers DatabaseUsers Mailer default",
            calls="CachedUsers DatabaseUsers default",
        ),
        Place("fun User.greeting", "greeting", uses="User titled name", calls="titled"),
    ),
    imports="""\
        3 com.acme.mail.Mailer
        4 com.acme.text *
        5 kotlin.math.max
    """,
    complexity={"CachedUsers": 7, "CachedUsers.find": 7},
    broken=(
        Broken("val user = known[id]", "val user = = known[id]", (30,)),
        Broken("mailer.warn(shortened(user.name))", "mailer.warn(shortened(user.name)", (32,)),
    ),
)


SCALA = Sample(
    Language.SCALA,
    """\
        package com.acme.jobs

        import scala.concurrent.Future
        import com.acme.clock.{Clock, Timer => Stopwatch}
        import com.acme.syntax._

        sealed trait Outcome
        case class Done(at: Long) extends Outcome
        case object Lost extends Outcome

        /** Runs jobs one after the other. */
        class Runner(clock: Clock, store: Store) {
          private val limit = 3

          type Work = () => Future[Outcome]

          // Counts from zero.
          def run(name: String, tries: Int = 0)(work: Work): Future[Outcome] = {
            if (tries > limit || store.closed) {
              Future.successful(Lost)
            } else {
              work().flatMap {
                case Done(at) if at > clock.now() => record(name, at)
                case Lost => run(name, tries + 1)(work)
              }
            }
          }
        }

        object Runner {
          val Default = new Runner(Clock.system, Store.memory())

          implicit class Named(val name: String) {
            def twice: String = joined(name, name)
          }
        }

        trait Store {
          def closed: Boolean
        }
    """,
    symbols="""\
        trait Outcome 7-7: 7
        class Done 8-8: 8
        class Lost 9-9: 9
        class Runner 11-28: 12
        constant Runner.limit 13-13: 13
        type Runner.Work 15-15: 15
        method Runner.run 17-27: 18
        class Runner 30-36: 30
        constant Runner.Default 31-31: 31
        class Runner.Named 33-35: 33
        method Runner.Named.twice 34-34: 34
        trait Store 38-40: 38
        method Store.closed 39-39: 39
    """,
    places=(
        Place("Future.successful(Lost)", "Runner.run", uses="successful Lost", calls="successful"),
        Place("case Done(at) if", "Runner.run", uses="Done clock now record", calls="now record"),
        Place("val Default =", "Runner.Default", uses="Runner Clock system Store memory", calls="Runner memory"),
        Place("def twice:", "Runner.Named.twice", uses="joined name", calls="joined"),
        Place("def closed", "Store.closed", uses="", calls=""),
    ),
    imports="""\
        3 scala.concurrent.Future
        4 com.acme.clock Clock Timer
        5 com.acme.syntax *
    """,
    complexity={"Runner": 6, "Runner.run": 6},
    broken=(
        Broken("class Runner(clock: Clock,", "class Runner(clock: Clock,,", (12,)),
        Broken("Future.successful(Lost)", "Future.successful(Lost", (20,)),
    ),
)


JVM_SAMPLES = (
    JAVA,
    KOTLIN,
    SCALA,
)
