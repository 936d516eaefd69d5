import * as v from 'valibot'
import type { GatewayTls } from '../../front/tls-files.js'
import type { Resolve } from './certificates.js'
import { defined } from './defined.js'
import { keyIn, optional, type Reads, table } from './table.js'
import { text } from './values.js'

/** The table `tls` of a gateway. */
export function gatewayTls(resolve: Resolve): Reads<GatewayTls> {
  const file: Reads<string> = v.pipe(text, v.transform(resolve))
  return v.pipe(
    table(
      { certificate: file, key: file, client_ca: optional(file) },
      { certificate: '"server.pem"', key: '"server.key"' },
    ),
    v.transform(({ client_ca, ...files }) => ({ ...files, ...defined({ clientCa: client_ca }) })),
  )
}

interface WithProxies {
  readonly proxy_protocol?: boolean
  readonly trusted_proxies?: readonly string[]
}

/** Rejects PROXY headers if no proxy is known that may send them. */
export function proxyProtocolNeedsProxies<Input extends WithProxies>(): v.RawCheckAction<Input> {
  return v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed || !dataset.value.proxy_protocol || dataset.value.trusted_proxies) return
    addIssue({
      message: '{it} needs "trusted_proxies", since only these may connect; add trusted_proxies = ["10.0.0.0/8"]',
      path: [keyIn(dataset.value, 'proxy_protocol')],
    })
  })
}
