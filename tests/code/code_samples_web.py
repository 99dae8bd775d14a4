"""Realistic files of JavaScript, TypeScript and TSX, with what is to be found in them."""

from code_sample import Broken, Place, Sample

from foureyes.code.languages import Language

JAVASCRIPT = Sample(
    Language.JAVASCRIPT,
    """\
        import express, { Router } from "express";
        import * as path from "node:path";
        export { retry } from "./retry.js";
        const { readFile } = require("fs/promises");

        const DEFAULT_LIMIT = 20;

        /**
         * Keeps what was looked up lately.
         */
        export class Cache extends Map {
          static #instances = 0;

          constructor(limit = DEFAULT_LIMIT) {
            super();
            this.limit = limit;
          }

          // Drops the oldest entry where there are too many.
          set(key, value) {
            if (this.size >= this.limit && !this.has(key)) {
              this.delete(this.keys().next().value);
            }
            return super.set(key, value);
          }

          evict = (predicate) => {
            for (const [key, value] of this) {
              if (predicate(value)) this.delete(key);
            }
          };
        }

        export const load = async (name, { folder = "data" } = {}) => {
          const file = path.join(folder, sanitize(name));
          try {
            return JSON.parse(await readFile(file, "utf8"));
          } catch (error) {
            return error.code === "ENOENT" ? null : fallback(error) ?? {};
          }
        };

        export default function routes(app) {
          const router = new Router();
          router.get("/:name", (request, response) => response.json(load(request.params.name)));
          app.use("/api", router);
        }
    """,
    symbols="""\
        constant DEFAULT_LIMIT 6-6: 6
        class Cache 8-32: 11
        method Cache.constructor 14-17: 14
        method Cache.set 19-25: 20
        method Cache.evict 27-31: 27
        function load 34-41: 34
        function routes 43-47: 43
    """,
    places=(
        Place("this.delete(this.keys", "Cache.set", uses="delete next value", calls="delete next"),
        Place("if (predicate(value))", "Cache.evict", uses="delete", calls="predicate delete"),
        Place("const file = path.join", "load", uses="path sanitize", calls="sanitize"),
        Place("return error.code", "load", uses="code fallback", calls="fallback"),
        Place("const router = new", "routes", uses="Router", calls="Router"),
    ),
    imports="""\
        1 express default Router
        2 node:path *
        3 ./retry.js retry
        4 fs/promises
    """,
    complexity={"Cache": 5, "Cache.set": 3, "Cache.evict": 3, "load": 4},
    broken=(
        Broken("export default function routes(app) {", "export default function routes(app {", (43,)),
        Broken("const router = new Router();", "const router = = new Router();", (44,)),
    ),
)


TYPESCRIPT = Sample(
    Language.TYPESCRIPT,
    """\
        import type { Logger } from "./logging";
        import { Injectable, Inject } from "@angular/core";
        import config from "../config";

        export interface Session {
          readonly id: string;
          expires: Date;
          renew(by: number): Promise<Session>;
        }

        export type Handler<T> = (session: Session, body: T) => Promise<void>;

        enum State {
          Open,
          Closed = 2,
        }

        // One for the whole application.
        @Injectable({ providedIn: "root" })
        export class Sessions {
          private readonly open = new Map<string, Session>();

          constructor(@Inject(LOGGER) private readonly logger: Logger) {}

          /** Finds a session that has not expired. */
          public async find(id: string): Promise<Session | undefined> {
            const found = this.open.get(id);
            if (found && found.expires < new Date()) {
              this.logger.debug(`expired ${id}`);
              return undefined;
            }
            return found ?? (await fetchSession(id, config.url));
          }

          protected close = (id: string): State => {
            return this.open.delete(id) ? State.Closed : State.Open;
          };
        }

        export abstract class Base<T extends Session> {
          abstract handle(session: T): void;
        }

        namespace Legacy {
          export function upgrade(old: unknown): Session {
            return convert(old as Session);
          }
        }
    """,
    symbols="""\
        interface Session 5-9: 5
        method Session.renew 8-8: 8
        type Handler 11-11: 11
        enum State 13-16: 13
        class Sessions 18-38: 20
        method Sessions.constructor 23-23: 23
        method Sessions.find 25-33: 26
        method Sessions.close 35-37: 35
        class Base 40-42: 40
        method Base.handle 41-41: 41
        module Legacy 44-48: 44
        function Legacy.upgrade 45-47: 45
    """,
    places=(
        Place("if (found &&", "Sessions.find", uses="expires", calls=""),
        Place("return found ??", "Sessions.find", uses="fetchSession config url", calls="fetchSession"),
        Place("return this.open.delete", "Sessions.close", uses="open delete State Closed Open", calls="delete"),
        Place("return convert(old", "Legacy.upgrade", uses="convert Session", calls="convert"),
    ),
    imports="""\
        1 ./logging Logger
        2 @angular/core Injectable Inject
        3 ../config default
    """,
    complexity={"Sessions": 5, "Sessions.find": 4, "Sessions.close": 2},
    broken=(
        Broken("export interface Session {", "export interface {", (5, 8, 9)),
        Broken("return undefined;", "return undefined );", (30,)),
    ),
)


TSX = Sample(
    Language.TSX,
    """\
        import React, { useEffect, useState } from "react";
        import { Avatar } from "./Avatar";

        type Props = {
          userId: string;
          onSelect?: (id: string) => void;
        };

        const PAGE = 10;

        // Shows one user and loads it first.
        export function UserCard({ userId, onSelect }: Props) {
          const [user, setUser] = useState<User | null>(null);
          useEffect(() => {
            let alive = true;
            fetchUser(userId).then((loaded) => {
              if (alive) setUser(loaded);
            });
            return () => {
              alive = false;
            };
          }, [userId]);

          if (!user) return <Spinner size={PAGE} />;
          return (
            <article onClick={() => onSelect?.(user.id)}>
              <Avatar source={user.picture} />
              {user.admin && <Badge label={translated("admin")} />}
            </article>
          );
        }

        export const UserList = ({ ids }: { ids: string[] }) => {
          return <ul>{ids.slice(0, PAGE).map((id) => <UserCard key={id} userId={id} />)}</ul>;
        };
    """,
    symbols="""\
        type Props 4-7: 4
        constant PAGE 9-9: 9
        function UserCard 11-31: 12
        function UserList 33-35: 33
    """,
    places=(
        Place("fetchUser(userId).then", "UserCard", uses="fetchUser", calls="fetchUser"),
        Place("if (!user) return", "UserCard", uses="Spinner size PAGE", calls=""),
        Place("{user.admin &&", "UserCard", uses="admin Badge label translated", calls="translated"),
        Place("return <ul>", "UserList", uses="ul PAGE UserCard key userId", calls=""),
    ),
    imports="""\
        1 react default useEffect useState
        2 ./Avatar Avatar
    """,
    complexity={"UserCard": 4},
    broken=(
        Broken("<Avatar source={user.picture} />", "<Avatar source={user.picture}", (28, 31, 33, 34)),
        Broken("const PAGE = 10;", "const PAGE = = 10;", (9,)),
    ),
)


WEB_SAMPLES = (
    JAVASCRIPT,
    TYPESCRIPT,
    TSX,
)
