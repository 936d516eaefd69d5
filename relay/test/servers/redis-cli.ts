import { runToEnd, startChild } from './child.js'

/**
 * Runs one command with redis-cli, with `input` as its last argument. `flags` are such as
 * `['--cacert', file]`.
 */
export async function redisCli(
  url: string,
  words: readonly string[],
  { input, flags = [] }: { input?: string | Uint8Array; flags?: readonly string[] } = {},
): Promise<string> {
  const last = input === undefined ? [] : ['-x']
  const out = await runToEnd('redis-cli', ['-u', url, '--no-auth-warning', '-e', ...flags, ...last, ...words], input)
  return out.toString().replace(/\n$/, '')
}

export interface RedisMessage {
  readonly channel: string
  readonly payload: Buffer
}

export interface RedisSubscriber {
  /** The next message, in order. */
  next(): Promise<RedisMessage>
  stop(): Promise<void>
}

// redis-cli writes the end of a line only with the next line.
const quoted = '"((?:[^"\\\\]|\\\\.)*)"'
const message = new RegExp(`"message",${quoted},${quoted}|"pmessage",${quoted},${quoted},${quoted}`)

/**
 * Subscribes to a channel with redis-cli, or to a pattern with `PSUBSCRIBE`. Resolves when it is
 * subscribed.
 */
export async function redisSubscriber(
  url: string,
  name: string,
  { command = 'SUBSCRIBE', flags = [] }: { command?: 'SUBSCRIBE' | 'PSUBSCRIBE'; flags?: readonly string[] } = {},
): Promise<RedisSubscriber> {
  const child = startChild('redis-cli', ['-u', url, '--no-auth-warning', '--csv', ...flags, command, name], 4_000_000)
  await child.says(/"p?subscribe",.*,1/)
  return {
    async next() {
      const [channel = '', payload = ''] = (await child.says(message))
        .slice(1)
        .filter((part) => part !== undefined)
        .slice(-2)
      return { channel: plain(channel).toString(), payload: plain(payload) }
    },
    stop: () => child.end('SIGTERM'),
  }
}

const escapes: Record<string, string> = { n: '\n', r: '\r', t: '\t', a: '\x07', b: '\b' }

/** The bytes that redis-cli has escaped. */
function plain(escaped: string): Buffer {
  const text = escaped.replace(/\\(?:x([0-9a-f]{2})|(.))/g, (_, hex?: string, letter = '') =>
    hex ? String.fromCharCode(Number.parseInt(hex, 16)) : (escapes[letter] ?? letter),
  )
  return Buffer.from(text, 'latin1')
}
