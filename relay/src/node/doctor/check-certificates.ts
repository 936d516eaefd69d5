import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { GatewayConfig } from '../config/config.js'
import { type Finding, failure, ok, warning } from './finding.js'

const dayMs = 24 * 60 * 60 * 1000
const soonDays = 14

/** Checks when the certificates of ports end. */
export function checkCertificates(
  gateways: readonly Pick<GatewayConfig, 'port' | 'tls'>[],
  nowMs: number,
): readonly Finding[] {
  return gateways.flatMap(({ port, tls }) => {
    if (!tls) return []
    const name = `the certificate of port ${port}`
    try {
      return [checkValidity(name, new X509Certificate(readFileSync(tls.certificate)), nowMs)]
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause)
      return [failure('security', `${name} can't be read: ${why}`, `write a certificate in PEM to ${tls.certificate}`)]
    }
  })
}

/** Checks the time in which a certificate is valid. */
export function checkValidity(
  name: string,
  { validFrom, validTo }: Pick<X509Certificate, 'validFrom' | 'validTo'>,
  nowMs: number,
): Finding {
  const remedy = 'renew it; the relay uses changed files within 5 s, without a restart'
  if (nowMs < Date.parse(validFrom))
    return failure('security', `${name} is not valid before ${validFrom}`, 'set the clock of this machine, or wait')
  const days = Math.floor((Date.parse(validTo) - nowMs) / dayMs)
  if (days < 0) return failure('security', `${name} has expired: ${validTo}`, remedy)
  if (days < soonDays)
    return warning(
      'security',
      `${name} expires in less than ${days + 1} ${days === 0 ? 'day' : 'days'}: ${validTo}`,
      remedy,
    )
  return ok('security', `${name} is valid until ${validTo}`)
}
