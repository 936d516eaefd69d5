import type { Party } from '@wildcast/protocol'
import { Grants } from './grants.js'

/** A client whose credentials were checked, and its rules. */
export interface Identity {
  /** The name of the user. Absent for an anonymous client. */
  readonly user?: string | undefined
  /** The role of the configuration that its rules come from. */
  readonly role?: string | undefined
  /** The namespace whose brokers it sees. @default that of its endpoint, or none */
  readonly namespace?: string | undefined
  /** The statements of a token or a hook about the user. */
  readonly claims: Readonly<Record<string, unknown>>
  /** Absent: it may do everything. */
  readonly grants?: Grants | undefined
  /** When its token expires, in milliseconds since 1970. @default never */
  readonly expiresAt?: number | undefined
}

/** An identity for relays that ask for none: it may do everything. */
export const everything: Identity = { claims: {} }

/** The identity of a client whose credentials are not checked yet: it may do nothing. */
export const unknown: Identity = { claims: {}, grants: new Grants([], {}) }

/** Whether two identities are of the same user, so that one may continue a session of the other. */
export function isSameUser(one: Identity, other: Identity): boolean {
  return one.user === other.user && one.namespace === other.namespace
}

/** Returns the key of a user among those of all namespaces. Undefined for an anonymous client. */
export function accountOf({ user, namespace }: Pick<Identity, 'user' | 'namespace'>): string | undefined {
  return user === undefined ? undefined : JSON.stringify([namespace ?? null, user])
}

/** The proofs of identity that a client has sent. */
export interface Credentials {
  /** Of `Connect`, `Authenticate`, the header `Authorization`, or a cookie. */
  readonly token?: string | undefined
  /** A ticket of `POST /ticket`, from the query. */
  readonly ticket?: string | undefined
  /** Header fields of the request or handshake, by their names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  /** Parameters of the URL. */
  readonly query?: Readonly<Record<string, string>> | undefined
  /** Subject of the client's verified certificate. Absent without mutual TLS. */
  readonly certificate?: string | undefined
  /** The address of the client, as the outermost trusted proxy states it. */
  readonly address?: string | undefined
}

/** The identity of a client, found at once if the relay asks for none. */
export function identify(
  { authenticate }: { readonly authenticate: Authenticate | undefined },
  credentials: Credentials,
): Identity | Promise<Identity> {
  return authenticate ? authenticate(credentials) : everything
}

/**
 * Identifies a client.
 * @throws {WildcastError} by rejection: `unauthorized`, `token_expired`, with the same text for
 * every reason. The `cause` has the reason, for the log.
 */
export type Authenticate = (credentials: Credentials) => Promise<Identity>

/** Returns a client as others see it. `session` is its public name. */
export function partyOf(session: string, { user, role }: Identity): Party {
  return { session, ...(user !== undefined && { user }), ...(role !== undefined && { role }) }
}
