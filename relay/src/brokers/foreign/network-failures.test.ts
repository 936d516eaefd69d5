import { expect, it } from 'vitest'
import { type NetworkFailure, networkFailureOf } from './network-failures.js'

it.each<[string, NetworkFailure | undefined]>([
  ['ECONNREFUSED', 'connection_refused'],
  ['ENOTFOUND', 'unknown_host'],
  ['EAI_AGAIN', 'unknown_host'],
  ['ETIMEDOUT', 'no_answer'],
  ['EHOSTUNREACH', 'no_answer'],
  ['ENETUNREACH', 'no_answer'],
  ['CERT_HAS_EXPIRED', 'certificate_expired'],
  ['CERT_NOT_YET_VALID', 'certificate_not_yet_valid'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'certificate_of_another_host'],
  ['CERT_SIGNATURE_FAILURE', 'certificate_untrusted'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'certificate_untrusted'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'certificate_untrusted'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'certificate_untrusted'],
  ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'client_certificate_required'],
  ['ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE', 'client_certificate_required'],
  ['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', 'client_certificate_refused'],
  ['ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED', 'client_certificate_refused'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'no_tls'],
  ['EPROTO', 'no_tls'],
  ['ERR_OSSL_PEM_NO_START_LINE', 'unusable_files'],
  ['ERR_CRYPTO_INVALID_KEY_OBJECT_TYPE', 'unusable_files'],
  ['ERR_SSL_NO_PEM_EXTENSIONS', 'unusable_files'],
  ['ECONNRESET', undefined],
  ['NOAUTH Authentication required', undefined],
  ['', undefined],
])('%s is the failure %s', (code, kind) => {
  expect(networkFailureOf(code)).toBe(kind)
})
