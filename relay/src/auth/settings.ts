import type { RuleSet } from '../core/access/rules.js'

/** How clients prove who they are, as a configuration states it. */
export interface AuthSettings {
  /** The role of clients without credentials. @default they are refused */
  readonly anonymous?: string | undefined
  readonly jwt?: JwtSettings | undefined
  /** People with a password, by name. For small set-ups. */
  readonly users?: Readonly<Record<string, UserSettings>> | undefined
  /** Programs with a key, by name. */
  readonly keys?: Readonly<Record<string, KeySettings>> | undefined
  /** The rules of each role. */
  readonly roles?: Readonly<Record<string, RuleSet>> | undefined
  /** The name of a cookie that may hold the token. @default none */
  readonly cookie?: string | undefined
  /** Whether a refusal names the rule that would allow the action. @default false */
  readonly explain?: boolean | undefined
}

/** Which JSON Web Tokens are accepted. Exactly one of `key` and `jwks` is given. */
export interface JwtSettings {
  /** A secret of 32 bytes or more (HS256), or a public key in PEM (RS256, PS256, ES256, EdDSA). */
  readonly key?: string | undefined
  /** A JSON Web Key Set: its text, or the URL of one, which is fetched and kept for ten minutes. */
  readonly jwks?: { readonly text: string } | { readonly url: string } | undefined
  /** The required `iss`. @default anything */
  readonly issuer?: string | undefined
  /** A value that `aud` must contain. @default anything */
  readonly audience?: string | undefined
  /** For how long after `exp` a token is accepted, in milliseconds. @default 60,000 */
  readonly leewayMs?: number | undefined
}

interface AccountSettings {
  readonly role: string
  /** The namespace whose brokers it sees. @default that of its endpoint, or none */
  readonly namespace?: string | undefined
}

/** A user with a password. */
export interface UserSettings extends AccountSettings {
  /** As `wildcast hash` prints it. */
  readonly password: string
}

/** A program with an API key. */
export interface KeySettings extends AccountSettings {
  /** As `wildcast hash` prints it. */
  readonly hash: string
}

/** How long a token is accepted after it has expired, in milliseconds. */
export const usualLeewayMs = 60_000
