import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { capture } from './capture.js'
import { intersects } from './intersect.js'
import { matches } from './match.js'
import { isReserved, type Pattern, parsePattern, parseSubject, type Subject } from './subject.js'

const matchesText = (pattern: string, subject: string): boolean => matches(parsePattern(pattern), parseSubject(subject))
const intersectsText = (a: string, b: string): boolean => intersects(parsePattern(a), parsePattern(b))

const ulid = '01JAVA0ZZZZZZZZZZZZZZZZZZZ'
const words = ['a', 'request', ulid]

/** Every subject of up to five of the words. */
const universe: readonly Subject[] = (() => {
  const found: string[][] = []
  let row: string[][] = [[]]
  for (let length = 1; length <= 5; length++) {
    row = row.flatMap((start) => words.map((word) => [...start, word]))
    found.push(...row)
  }
  return found.map((segments) => parseSubject(segments.join('.')))
})()

/**
 * Up to three segments, two of them beside a `**`, so that a common subject of two patterns has at
 * most five.
 */
const shortPattern: fc.Arbitrary<Pattern> = fc
  .array(fc.constantFrom(...words, '*', '**'), { minLength: 1, maxLength: 3 })
  .map((segments) => parsePattern(segments.join('.')))

/** A plain implementation: the first segment decides, and the rest follows. */
function belongs([first, ...rest]: readonly string[], subject: readonly string[]): boolean {
  if (first === undefined) return subject.length === 0
  const [head, ...tail] = subject
  if (first === '**') return belongs(rest, subject) || (head !== undefined && belongs(['**', ...rest], tail))
  return head !== undefined && (first === '*' || head === first) && belongs(rest, tail)
}

function plainly(pattern: Pattern, subject: Subject): boolean {
  return !(pattern[0] === '*' && isReserved(subject)) && belongs(pattern.split('.'), subject.split('.'))
}

describe('matches', () => {
  it.each([
    ['message.*', 'message.test', true],
    ['message.*', 'test.message', false],
    ['message.*', 'message.a.b', false],
    ['message.*', 'message', false],
    ['a.b', 'a.b', true],
    ['a.b', 'a.B', false],
    ['a.>', 'a', false],
    ['a.>', 'a.b', true],
    ['a.>', 'a.b.c', true],
    ['a.**', 'a', true],
    ['a.#', 'a.b.c', true],
    ['a.**.z', 'a.z', true],
    ['a.**.z', 'a.b.c.z', true],
    ['a.**.z', 'a.b.c', false],
    ['**.b.**.d', 'a.b.c.b.d', true],
    ['**.b.**.d', 'a.d.b', false],
    ['toString.*', 'toString.constructor', true],
    ['__proto__', 'constructor', false],
    ['e\u0301', '\u00e9', false],
  ])('%s × %s is %s', (pattern, subject, expected) => {
    expect(matchesText(pattern, subject)).toBe(expected)
  })

  it.each(['$SYS.x', '_INBOX.x', `request.${ulid}`, `response.${ulid}.x`, '$'])(
    'a leading wildcard does not match %s',
    (subject) => {
      for (const pattern of ['*', '**', '>', '*.x', '**.x', '*.*', '*.*.x', `*.${ulid}.**`, '**.request', '**.*'])
        expect(matchesText(pattern, subject)).toBe(false)
    },
  )

  it.each(['request.x', 'response.x', 'request', `request.8${ulid.slice(1)}.x`, `request.a.${ulid}`])(
    'a leading wildcard matches %s, like any other subject',
    (subject) => {
      for (const pattern of ['**', '*.**', '>']) expect(matchesText(pattern, subject)).toBe(true)
    },
  )

  it('an exact first segment matches a reserved subject', () => {
    expect(matchesText('$SYS.*', '$SYS.x')).toBe(true)
    expect(matchesText('request.**', `request.${ulid}.b`)).toBe(true)
    expect(matchesText('request.*.b', `request.${ulid}.b`)).toBe(true)
    expect(matchesText('*.request', 'a.request')).toBe(true)
    expect(matchesText('**', 'a.$b')).toBe(true)
  })

  it('agrees with a plain implementation for every subject of up to five segments', () => {
    fc.assert(
      fc.property(shortPattern, (pattern) => {
        for (const subject of universe)
          if (matches(pattern, subject) !== plainly(pattern, subject)) throw new Error(`${pattern} × ${subject}`)
      }),
      { numRuns: 150 },
    )
  })

  it('does bounded work for a pattern built to be slow (S11)', () => {
    const subject = parseSubject(Array(256).fill('a').join('.'))
    const pattern = parsePattern(['**', 'a', ...Array(250).fill('*'), '**', 'b'].join('.'))
    expect(matches(pattern, subject)).toBe(false)
    const twice = parsePattern(['**', ...Array(120).fill('a'), '**', ...Array(120).fill('a'), 'b'].join('.'))
    expect(matches(twice, subject)).toBe(false)
  })
})

describe('capture', () => {
  it.each([
    ['room.*.**', 'room.7.msg.new', ['7', 'msg.new']],
    ['room.*', 'room.7', ['7']],
    ['a.b', 'a.b', []],
    ['a.**', 'a', ['']],
    ['**', 'a.b', ['a.b']],
    ['**.b.**', 'a.b.b.c', ['a', 'b.c']],
    ['*.**.*', 'a.b', ['a', 'b', '']],
    ['a.>', 'a.b.c', ['b', 'c']],
  ])('%s × %s gives %j', (pattern, subject, expected) => {
    expect(capture(parsePattern(pattern), parseSubject(subject))).toEqual(expected)
  })

  it('is undefined if the pattern does not match', () => {
    expect(capture(parsePattern('a.*'), parseSubject('b.c'))).toBeUndefined()
  })

  it('gives texts that turn the pattern into the subject when they replace its wildcards', () => {
    fc.assert(
      fc.property(shortPattern, fc.constantFrom(...universe), (pattern, subject) => {
        const found = capture(pattern, subject)
        if (!found) return
        const rest = [...found]
        const filled = pattern.split('.').map((segment) => (segment[0] === '*' ? (rest.shift() as string) : segment))
        expect(filled.filter((text) => text !== '').join('.')).toBe(subject)
        expect(rest).toEqual([])
      }),
    )
  })
})

describe('intersects', () => {
  // Subscription pattern, publish pattern, and whether they intersect.
  const table = `
    a a y | a b n | a.b a n | a a.b n | a.* a.b y | a.* a n | a.* a.b.c n | *.b a.b y
    *.c a.b n | a.** a.b y | a.** a.b.c y | a.** a y | ** a.b.c y | **.c c y | **.c a.b.c y
    **.c a.b.d n | a.**.d a.d y | a.**.d a.b.c.d y | a.**.d a.b.c.d.e n | a.**.d.* a.b.c.d.e y
    a.**.* a.b y | a.**.* a.b.c y | **.* a y | *.** a y | *.** a.b.c y | a.b a.** y | a a.** y
    a.b.c a.**.c y | a.c a.**.c y | a.b.c.d a.**.d y | a.b.c a.**.d n | c **.c y | * ** y
    ** * y | ** *.* y | a.** a.*.c y | a.** a.* y | a.** *.b y | **.x *.* y | a.**.d a.**.c.d y
    a.**.c a.**.d n | x.** **.y y | a.b.**.d a.**.c.d y | a.*.d a.**.d y | *.b a.* y | a.b * n
    a.b *.* y | a.b *.c n | ** a.** y | **.c a.**.c y`
  const rows = table.split(/[|\n]/).flatMap((row) => {
    const [sub, pub, expected] = row.trim().split(' ')
    return sub && pub ? [[sub, pub, expected === 'y'] as const] : []
  })

  it('has the whole table', () => expect(rows).toHaveLength(50))

  it.each(rows)('%s × %s is %s, in both directions', (sub, pub, expected) => {
    expect(intersectsText(sub, pub)).toBe(expected)
    expect(intersectsText(pub, sub)).toBe(expected)
  })

  it.each([
    ['**', 'request.a', true],
    ['**', `request.${ulid}`, false],
    ['**', `request.${ulid}.**`, false],
    ['**.a', `response.${ulid}.**`, false],
    ['*.*', `request.${ulid}`, false],
    [`*.${ulid}`, 'request.*', false],
    [`*.${ulid}.**`, 'request.**', false],
    [`**.${ulid}`, 'request.*', false],
    [`**.${ulid}.**`, 'request.*', false],
    [`**.${ulid}.**`, 'request.*.*', true],
    [`**.${ulid}`, 'request.**', true],
    [`**.request.${ulid}.**`, '*.*', false],
    [`**.request.${ulid}.**`, '*.*.*', true],
    ['**.a', 'request.**', true],
    ['*.request', '**.request', true],
    ['request.*', 'request.**', true],
    ['$SYS.**', '$SYS.*.x', true],
    ['$SYS.**', '*.x', false],
  ])('%s × %s is %s: a leading wildcard matches no reserved segment', (a, b, expected) => {
    expect(intersectsText(a, b)).toBe(expected)
    expect(intersectsText(b, a)).toBe(expected)
  })

  it('agrees with an enumeration of subjects', () => {
    fc.assert(
      fc.property(shortPattern, shortPattern, (a, b) => {
        const common = universe.some((subject) => matches(a, subject) && matches(b, subject))
        expect(intersects(a, b)).toBe(common)
        expect(intersects(a, b)).toBe(intersects(b, a))
      }),
      { numRuns: 1000 },
    )
  })

  it('agrees with matches if one side is a subject', () => {
    fc.assert(
      fc.property(shortPattern, fc.constantFrom(...universe), (pattern, subject) => {
        expect(intersects(pattern, subject)).toBe(matches(pattern, subject))
      }),
    )
  })

  it('does bounded work for patterns built to be slow', () => {
    const slow = (end: string) =>
      parsePattern(['**', 'a', ...Array(120).fill('*'), 'a', '**', ...Array(120).fill('*'), end].join('.'))
    expect(intersects(slow('b'), slow('c'))).toBe(false)
    expect(intersects(slow('b'), parsePattern(['*', ...Array(255).fill('a')].join('.')))).toBe(false)
  })
})

describe('the rooms of a chat', () => {
  const subscribers = ['lobby.alice', 'lobby.*', '*.alice', '**']
  const reached = (subject: string) => subscribers.filter((pattern) => intersectsText(pattern, subject))

  it('a message to one person in one room reaches the subscribers of either', () => {
    expect(reached('lobby.alice')).toEqual(subscribers)
  })

  it('a message to a person in every room reaches the same', () => {
    expect(reached('*.alice')).toEqual(subscribers)
  })

  it('a message to another person in another room reaches only the subscribers of all', () => {
    expect(reached('den.bob')).toEqual(['**'])
  })
})
