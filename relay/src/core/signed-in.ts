import { refusal, type WildcastError } from '@wildcast/protocol'
import type { Identity } from './access/identity.js'
import { expired } from './expiry.js'
import { type Page, type PageRequest, pageOf, type SessionInfo } from './listing.js'
import type { Outlet } from './outlet.js'
import { Session, type SessionPorts } from './session.js'

/** The clients of a user, of a namespace, of a user in a namespace, or all. */
export interface Whose {
  readonly user?: string | undefined
  readonly namespace?: string | undefined
}

/** The open sessions, so that they can be listed, and those of a user ended. */
export class SignedIn {
  /** When each was opened, in milliseconds since 1970. */
  readonly #sessions: Map<Session, number> = new Map()

  /** Opens a session. */
  open(ports: SessionPorts, outlet: Outlet, identity: Identity, rateKey?: string): Session {
    const session = new Session(ports, outlet, identity, rateKey)
    this.#sessions.set(session, ports.access.clock.wall())
    return session
  }

  /** A session is closed. */
  delete(session: Session): void {
    this.#sessions.delete(session)
  }

  /** Lists the sessions of some clients. */
  list(request: PageRequest, whose: Whose = {}): Page<SessionInfo> {
    const listed = this.#of(whose)
    const { items, ...page } = pageOf(listed, ({ name }) => name, request)
    return { ...page, items: items.map((session) => this.#infoOf(session)) }
  }

  /** Ends every session of some clients for good. Returns their number. */
  disconnect(whose: Whose & { readonly user: string }): number {
    const theirs = this.#of(whose)
    for (const session of theirs)
      session.revoke(refusal('unauthorized', 'an operator has ended the sessions of this user'))
    return theirs.length
  }

  /** Ends the sessions of some identities as if their tokens had expired. Returns their number. */
  expire(isExpired: (identity: Identity) => boolean): number {
    const theirs = [...this.#sessions.keys()].filter(({ identity }) => isExpired(identity))
    for (const session of theirs) session.revoke(expired())
    return theirs.length
  }

  /** Ends every session of a namespace. */
  end(namespace: string, error: WildcastError): void {
    for (const session of this.#of({ namespace })) session.revoke(error)
  }

  #infoOf(session: Session): SessionInfo {
    const { expiresAt: expires } = session.identity
    const since = this.#sessions.get(session) ?? 0
    const { namespace } = session.identity
    return {
      ...session.party,
      ...(namespace !== undefined && { namespace }),
      since,
      ...(expires !== undefined && { expires }),
      ...session.load,
    }
  }

  #of({ user, namespace }: Whose): readonly Session[] {
    return [...this.#sessions.keys()].filter(
      ({ identity }) =>
        (user === undefined || identity.user === user) && (namespace === undefined || identity.namespace === namespace),
    )
  }
}
