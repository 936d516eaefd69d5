import type { StatedConnection } from '../../gateways/endpoints/peer.js'
import { plainAddress } from '../../gateways/endpoints/proxy-list.js'

// The PROXY protocol, version 2: https://www.haproxy.org/download/1.8/doc/proxy-protocol.txt

const signature = Buffer.from('0d0a0d0a000d0a515549540a', 'hex')
const fixedBytes = 16

/** Longer headers are refused: addresses and extensions take less. */
const longestRest = 4096

const sslExtension = 0x20
const clientUsesSsl = 1

/** The header of a connection. */
export interface ProxyHeader {
  readonly bytes: number
  /** Empty if the proxy speaks for itself, as in health checks. */
  readonly client: StatedConnection
}

/**
 * Reads the header at the begin of a connection. Undefined if more bytes are needed.
 * @throws {RangeError} if it is not a header of version 2
 */
export function readProxyHeader(input: Buffer): ProxyHeader | undefined {
  const begin = Math.min(input.length, signature.length)
  if (signature.compare(input, 0, begin, 0, begin) !== 0)
    throw new RangeError('the connection does not begin with a PROXY header of version 2; correct the proxy')
  if (input.length < fixedBytes) return undefined
  const [version = 0, family = 0] = input.subarray(12, 14)
  const rest = input.readUInt16BE(14)
  if (version >> 4 !== 2 || (version & 15) > 1)
    throw new RangeError('the PROXY header has an unknown version or command')
  if (rest > longestRest) throw new RangeError(`the PROXY header is longer than ${longestRest} bytes`)
  const bytes = fixedBytes + rest
  if (input.length < bytes) return undefined
  const isLocal = (version & 15) === 0
  return { bytes, client: isLocal ? {} : clientIn(family >> 4, input.subarray(fixedBytes, bytes)) }
}

function clientIn(family: number, rest: Buffer): StatedConnection {
  const [size, all] = family === 1 ? [4, 12] : family === 2 ? [16, 36] : [0, 0]
  if (size === 0) return {}
  if (rest.length < all) throw new RangeError('the PROXY header is too short for its addresses')
  const source = rest.subarray(0, size)
  const address =
    size === 4 ? [...source].join('.') : plainAddress((source.toString('hex').match(/..../g) ?? []).join(':'))
  return { address, ...(usesSsl(rest.subarray(all)) && { secure: true }) }
}

function usesSsl(extensions: Buffer): boolean {
  for (let at = 0; at + 3 <= extensions.length; at += 3 + extensions.readUInt16BE(at + 1))
    if (extensions[at] === sslExtension && at + 3 < extensions.length)
      return ((extensions[at + 3] ?? 0) & clientUsesSsl) !== 0
  return false
}
