import { BlockList, isIP } from 'node:net'

/** Returns whether a text is an address or a network, such as `10.0.0.0/8`. */
export function isNetwork(text: string): boolean {
  const [address = '', prefix, ...rest] = text.split('/')
  const bits = isIP(address) === 4 ? 32 : 128
  if (isIP(address) === 0 || address.includes('%') || rest.length > 0) return false
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= bits)
}

/** Returns whether an address belongs to one of the networks. */
export function networks(list: readonly string[]): (address: string) => boolean {
  const blocks = new BlockList()
  for (const one of list) {
    const [address = '', prefix] = one.split('/')
    const family = isIP(address) === 4 ? 'ipv4' : 'ipv6'
    blocks.addSubnet(address, Number(prefix ?? (family === 'ipv4' ? 32 : 128)), family)
  }
  return (address) => {
    const family = isIP(address)
    return family !== 0 && blocks.check(address, family === 4 ? 'ipv4' : 'ipv6')
  }
}

/**
 * Returns an address in its one spelling, without a port, brackets or a zone: each client has one
 * address. Undefined if it is not an address.
 */
export function plainAddress(text: string): string | undefined {
  const bracketed = /^\[([^\]]*)\](?::\d+)?$/.exec(text)?.[1]
  const withPort = /^([\d.]+):\d+$/.exec(text)?.[1]
  const [address = ''] = (bracketed ?? withPort ?? text).split('%')
  const family = isIP(address)
  if (family === 0) return undefined
  if (family === 4) return address
  const spelled = new URL(`http://[${address}]`).hostname.slice(1, -1)
  const mapped = /^::ffff:([\da-f]{1,4}):([\da-f]{1,4})$/.exec(spelled)
  if (!mapped) return spelled
  const [high, low] = [Number.parseInt(mapped[1] ?? '', 16), Number.parseInt(mapped[2] ?? '', 16)]
  return [high >> 8, high & 255, low >> 8, low & 255].join('.')
}
