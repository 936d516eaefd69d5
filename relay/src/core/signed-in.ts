import { refusal } from '@wildcast/protocol'
import type { Identity } from './access/identity.js'
import type { Outlet } from './outlet.js'
import { Session, type SessionPorts } from './session.js'

/** The open sessions of users, so that they can be ended. */
export class SignedIn {
  readonly #sessions: Set<Session> = new Set()

  /** Opens a session. */
  open(ports: SessionPorts, outlet: Outlet, identity: Identity, rateKey?: string): Session {
    const session = new Session(ports, outlet, identity, rateKey)
    if (identity.grants) this.#sessions.add(session)
    return session
  }

  /** A session is closed. */
  delete(session: Session): void {
    this.#sessions.delete(session)
  }

  /** Ends every session of a user for good. Returns their number. */
  disconnect(user: string): number {
    const theirs = [...this.#sessions].filter(({ identity }) => identity.user === user)
    for (const session of theirs)
      session.revoke(refusal('unauthorized', 'an operator has ended the sessions of this user'))
    return theirs.length
  }
}
