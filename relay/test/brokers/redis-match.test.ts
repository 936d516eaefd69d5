import { matches, type Pattern, parsePattern, parseSubject, type Subject } from '@wildcast/protocol'
import fc from 'fast-check'
import { Redis as Ioredis } from 'ioredis'
import { beforeAll, describe, expect, it } from 'vitest'
import { luaLines, luaMatches } from '../../src/brokers/redis/lua.js'
import { type Redis, startRedis } from '../servers/redis.js'

let server: Redis
let redis: Ioredis

beforeAll(async () => {
  server = await startRedis()
  redis = new Ioredis(server.url)
  return async () => {
    redis.disconnect()
    await server.stop()
  }
})

/** Replies which of the pattern–subject pairs match. */
const script = `${luaLines}${luaMatches}
local found = {}
for i = 1, #ARGV, 2 do
  found[#found + 1] = matches(split(ARGV[i], '.'), split(ARGV[i + 1], '.')) and 1 or 0
end
return found
`

describe('the matcher inside Redis', () => {
  it('decides as `matches` of the protocol', async () => {
    const ulid = '01JAVA0ZZZZZZZZZZZZZZZZZZZ'
    const words = [
      'a',
      'b',
      'ab',
      '%a',
      '[a]',
      '(-',
      '^a$',
      'request',
      'response',
      ulid,
      `8${ulid.slice(1)}`,
      '_x',
      '$s',
      'ü',
    ]
    const segment = fc.constantFrom(...words)
    const subject = fc.array(segment, { minLength: 1, maxLength: 8 }).map((all) => parseSubject(all.join('.')))
    const pattern = fc
      .array(fc.oneof(segment, fc.constantFrom('*', '**')), { minLength: 1, maxLength: 8 })
      .filter((all) => all.filter((wild) => wild === '**').length <= 2)
      .map((all) => parsePattern(all.join('.')))
    const worst = `**.${'a.'.repeat(120)}**.${'a.'.repeat(120)}b`
    const pairs: [Pattern, Subject][] = [
      [parsePattern(worst), parseSubject(`${'a.'.repeat(255)}a`)],
      [parsePattern(`**.${ulid}.**`), parseSubject(`request.${ulid}`)],
      [parsePattern('request.**'), parseSubject(`request.${ulid}.a`)],
      ...fc.sample(fc.tuple(pattern, subject), 20_000),
      // Too few random pairs match.
      ...fc
        .sample(subject, 5000)
        .map((name): [Pattern, Subject] => [parsePattern(name.replace(/^[^.]+|[^.]+$/g, '**')), name]),
    ]
    const found: number[] = []
    for (let i = 0; i < pairs.length; i += 3000)
      found.push(...((await redis.eval(script, 0, ...pairs.slice(i, i + 3000).flat())) as number[]))
    expect(found.map(Boolean)).toEqual(pairs.map(([one, other]) => matches(one, other)))
    expect(found.filter(Boolean).length).toBeGreaterThan(3000)
  })
})
