/** What kept a connection from coming about, as far as the network or TLS says. */
export type NetworkFailure =
  | 'nobody_listens'
  | 'unknown_host'
  | 'no_answer'
  | 'certificate_expired'
  | 'certificate_too_early'
  | 'certificate_of_another_host'
  | 'certificate_untrusted'
  | 'client_certificate_demanded'
  | 'client_certificate_refused'
  | 'unusable_files'
  | 'no_tls'

/** By the codes of Node's sockets and of OpenSSL. The first form counts. */
const kinds: readonly (readonly [RegExp, NetworkFailure])[] = [
  [/^ECONNREFUSED\b/, 'nobody_listens'],
  [/^(?:ENOTFOUND|EAI_)/, 'unknown_host'],
  [/^(?:ETIMEDOUT|E(?:HOST|NET)UNREACH)\b/, 'no_answer'],
  [/^CERT_HAS_EXPIRED/, 'certificate_expired'],
  [/^CERT_NOT_YET_VALID/, 'certificate_too_early'],
  [/^ERR_TLS_CERT_ALTNAME/, 'certificate_of_another_host'],
  [/^(?:CERT_|UNABLE_TO_|\w*SELF_SIGNED|ERR_TLS_CERT_)/, 'certificate_untrusted'],
  [/^ERR_SSL_\w*ALERT_(?:CERTIFICATE_REQUIRED|HANDSHAKE_FAILURE)/, 'client_certificate_demanded'],
  [
    /^ERR_SSL_\w*ALERT_(?:UNKNOWN_CA|BAD_CERT|CERTIFICATE|UNSUPPORTED_CERT|ACCESS_DENIED)/,
    'client_certificate_refused',
  ],
  [/^EPROTO\b|^ERR_\w*WRONG_VERSION/, 'no_tls'],
  [/^(?:ERR_OSSL|ERR_CRYPTO|ERR_SSL_\w*(?:PEM|KEY))/, 'unusable_files'],
]

/** The kind of a failure with this code. Undefined if the code says nothing of the network. */
export function networkFailureOf(code: string): NetworkFailure | undefined {
  return kinds.find(([form]) => form.test(code))?.[1]
}
