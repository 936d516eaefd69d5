import { expect, it } from 'vitest'
import { checkCertificates, checkValidity } from './check-certificates.js'

const validity = { validFrom: 'Mar  1 00:00:00 2026 GMT', validTo: 'Jun  1 00:00:00 2026 GMT' }

it.each([
  ['2026-02-28', 'error', /^it is not valid before Mar {2}1/],
  ['2026-04-01', 'ok', /^it is valid until Jun {2}1/],
  ['2026-05-20', 'warning', /^it expires in less than 13 days: Jun {2}1/],
  ['2026-05-31T12:00Z', 'warning', /^it expires in less than 1 day: /],
  ['2026-06-02', 'error', /^it has expired: Jun {2}1/],
])('on %s a certificate is an %s', (day, level, message) => {
  const finding = checkValidity('it', validity, Date.parse(day))
  expect(finding).toMatchObject({ level, message: expect.stringMatching(message) })
  expect(finding.remedy === undefined).toBe(level === 'ok')
})

it('a file that is no certificate has a remedy, and a port without TLS no finding', () => {
  const tls = { certificate: import.meta.filename, key: 'server.key' }
  expect(checkCertificates([{ port: 2, tls }, { port: 3 }], 0)).toEqual([
    {
      area: 'security',
      level: 'error',
      message: expect.stringMatching(/^the certificate of port 2 can't be read: /),
      remedy: `write a certificate in PEM to ${import.meta.filename}`,
    },
  ])
})
