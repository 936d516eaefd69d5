/** Why the network or TLS prevented a connection. */
export type NetworkFailure =
  | 'connection_refused'
  | 'unknown_host'
  | 'no_answer'
  | 'certificate_expired'
  | 'certificate_not_yet_valid'
  | 'certificate_of_another_host'
  | 'certificate_untrusted'
  | 'client_certificate_required'
  | 'client_certificate_refused'
  | 'unusable_files'
  | 'no_tls'

/** The names that an error message uses. */
export interface FailedConnection {
  /** The server and its address: `Redis at localhost:6379`. */
  readonly shown: string
  /** The settings key that holds the address. */
  readonly key: string
}

/** Kinds by the codes of Node's sockets and of OpenSSL. The first pattern that matches counts. */
const kinds: readonly (readonly [RegExp, NetworkFailure])[] = [
  [/^ECONNREFUSED\b/, 'connection_refused'],
  [/^(?:ENOTFOUND|EAI_)/, 'unknown_host'],
  [/^(?:ETIMEDOUT|E(?:HOST|NET)UNREACH)\b/, 'no_answer'],
  [/^CERT_HAS_EXPIRED/, 'certificate_expired'],
  [/^CERT_NOT_YET_VALID/, 'certificate_not_yet_valid'],
  [/^ERR_TLS_CERT_ALTNAME/, 'certificate_of_another_host'],
  [/^(?:CERT_|UNABLE_TO_|\w*SELF_SIGNED|ERR_TLS_CERT_)/, 'certificate_untrusted'],
  [/^ERR_SSL_\w*ALERT_(?:CERTIFICATE_REQUIRED|HANDSHAKE_FAILURE)/, 'client_certificate_required'],
  [
    /^ERR_SSL_\w*ALERT_(?:UNKNOWN_CA|BAD_CERT|CERTIFICATE|UNSUPPORTED_CERT|ACCESS_DENIED)/,
    'client_certificate_refused',
  ],
  [/^EPROTO\b|^ERR_\w*WRONG_VERSION/, 'no_tls'],
  [/^(?:ERR_OSSL|ERR_CRYPTO|ERR_SSL_\w*(?:PEM|KEY))/, 'unusable_files'],
]

const texts: Readonly<Record<NetworkFailure, (connection: FailedConnection) => string>> = {
  connection_refused: ({ shown, key }) => `${shown} refused the connection: start the server, or look at "${key}"`,
  unknown_host: ({ shown, key }) => `the host of ${shown} is unknown: look at "${key}"`,
  no_answer: ({ shown, key }) => `${shown} does not answer: look at "${key}", and at firewalls on the way`,
  certificate_expired: ({ shown }) => `the certificate of ${shown} has expired: renew it at the server`,
  certificate_not_yet_valid: ({ shown }) => `the certificate of ${shown} is not valid yet: set the clocks right`,
  certificate_of_another_host: ({ shown, key }) => `the certificate of ${shown} names another host: look at "${key}"`,
  certificate_untrusted: ({ shown }) =>
    `the certificate of ${shown} is signed by an authority that this relay does not trust: look at "root_certificate"`,
  client_certificate_required: ({ shown }) => `${shown} requires a client certificate: look at "client_certificate"`,
  client_certificate_refused: ({ shown }) => `${shown} refused the client certificate: look at "client_certificate"`,
  unusable_files: ({ shown }) =>
    `a certificate or key for ${shown} is not usable as PEM, or they do not belong together: ` +
    'look at "root_certificate" and "client_certificate"',
  no_tls: ({ shown, key }) => `${shown} does not speak TLS: look at "${key}"`,
}

/** Returns the kind of the failure with this code, or undefined if it isn't one of the network. */
export function networkFailureOf(code: string): NetworkFailure | undefined {
  return kinds.find(([form]) => form.test(code))?.[1]
}

/** Returns the cause of a failure and its remedy. */
export function networkFailureText(kind: NetworkFailure, connection: FailedConnection): string {
  return texts[kind](connection)
}
