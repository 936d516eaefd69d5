import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { matches } from './match.js'
import { type Pattern, parsePattern, parseSubject } from './subject.js'
import { SubjectTree } from './subject-tree.js'

const ulid = '01JAVA0ZZZZZZZZZZZZZZZZZZZ'
const words = fc.constantFrom('a', 'b', 'c', 'request', '$x', ulid)
const pattern = fc
  .array(fc.oneof(words, fc.constantFrom('*', '**')), { minLength: 1, maxLength: 4 })
  .map((segments) => parsePattern(segments.join('.')))
const subject = fc.array(words, { minLength: 1, maxLength: 5 }).map((segments) => parseSubject(segments.join('.')))

const findIn = <Value>(tree: SubjectTree<Value>, text: string): Value[] => tree.match(parseSubject(text))

/** Runs of segments with a `**` between them. */
function joined(before: string, behind: string): string {
  return [before, '**', behind].filter((part) => part !== '').join('.')
}

/** A tree in which each pattern is its own value, with the function that removes each. */
function treeOf(...texts: string[]): { tree: SubjectTree<string>; undo: Map<string, () => void> } {
  const tree = new SubjectTree<string>()
  const undo = new Map(texts.map((text) => [text, tree.add(parsePattern(text), text)]))
  return { tree, undo }
}

describe('SubjectTree', () => {
  it('finds the same as a scan with matches, also after patterns are removed', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(pattern, fc.boolean()), { maxLength: 12 }),
        fc.array(subject, { minLength: 1, maxLength: 8 }),
        (entries, subjects) => {
          const tree = new SubjectTree<number>()
          const undos = entries.map(([pattern], value) => tree.add(pattern, value))
          const scan = (present: (value: number) => boolean) => {
            for (const subject of subjects)
              expect(tree.match(subject).sort((a, b) => a - b)).toEqual(
                entries.flatMap(([pattern], value) => (present(value) && matches(pattern, subject) ? [value] : [])),
              )
          }
          scan(() => true)
          entries.forEach(([, isRemoved], value) => {
            if (isRemoved) undos[value]?.()
          })
          scan((value) => !entries[value]?.[1])
        },
      ),
      { numRuns: 300 },
    )
  })

  it('finds the same as a scan in subjects of any length, with few distinct words', () => {
    const few = fc.constantFrom('a', 'a', 'a', 'b')
    const run = (most: number): fc.Arbitrary<string[]> =>
      fc.array(fc.oneof({ weight: 4, arbitrary: few }, fc.constant('*')), { maxLength: most })
    const long = fc
      .array(run(70), { minLength: 1, maxLength: 3 })
      .filter((runs) => runs.length > 1 || runs.flat().length > 0)
      .map((runs) => parsePattern(runs.map((segments) => segments.join('.')).reduce(joined)))
    const subject = fc.array(few, { minLength: 1, maxLength: 150 }).map((segments) => parseSubject(segments.join('.')))
    fc.assert(
      fc.property(fc.array(long, { maxLength: 8 }), fc.array(subject, { maxLength: 4 }), (patterns, subjects) => {
        const { tree, undo } = treeOf(...patterns)
        const scan = (present: readonly Pattern[]): void => {
          for (const one of subjects)
            expect(tree.match(one).sort()).toEqual([...new Set(present.filter((each) => matches(each, one)))].sort())
        }
        scan(patterns)
        const [first] = patterns
        if (first) undo.get(first)?.()
        scan(patterns.filter((each) => each !== first))
      }),
      { numRuns: 500 },
    )
  })

  it('finds a value once if its pattern matches in several ways', () => {
    const { tree } = treeOf('**.a.**')
    expect(findIn(tree, 'a.a.a')).toEqual(['**.a.**'])
  })

  it('finds a value once if several of its patterns match', () => {
    const tree = new SubjectTree<string>()
    for (const text of ['a.b', 'a.*', '*.b', '**', 'a.**', '**.b']) tree.add(parsePattern(text), 'one')
    expect(findIn(tree, 'a.b')).toEqual(['one'])
  })

  it('keeps equal values under one pattern once', () => {
    const { tree } = treeOf('a.*', 'a.*')
    expect(findIn(tree, 'a.b')).toEqual(['a.*'])
  })

  it('matches no reserved first segment with a leading wildcard', () => {
    const { tree } = treeOf('**', '*.x', '**.x', '$SYS.*', 'request.**')
    expect(findIn(tree, '$SYS.x')).toEqual(['$SYS.*'])
    expect(findIn(tree, `request.${ulid}.x`)).toEqual(['request.**'])
    expect(findIn(tree, 'request.x').sort()).toEqual(['**', '**.x', '*.x', 'request.**'])
    expect(findIn(tree, 'request').sort()).toEqual(['**', 'request.**'])
    expect(findIn(tree, 'a.x')).toEqual(expect.arrayContaining(['**', '*.x', '**.x']))
  })

  it.each(Object.getOwnPropertyNames(Object.prototype))('treats %j as an ordinary word', (name) => {
    const { tree } = treeOf(name, `a.${name}.*`)
    expect(findIn(tree, 'a')).toEqual([])
    expect(findIn(tree, 'a.b.c')).toEqual([])
    expect(findIn(tree, `a.${name}.${name}`)).toEqual([`a.${name}.*`])
    if (name[0] !== '_') expect(findIn(tree, name)).toEqual([name])
  })
})

describe('the function that removes a value', () => {
  it('removes only its own value', () => {
    const { tree, undo } = treeOf('a.b', 'a.*', 'a.**', 'a.b.c')
    undo.get('a.*')?.()
    expect(findIn(tree, 'a.b').sort()).toEqual(['a.**', 'a.b'])
    undo.get('a.b')?.()
    expect(findIn(tree, 'a.b')).toEqual(['a.**'])
    expect(findIn(tree, 'a.b.c').sort()).toEqual(['a.**', 'a.b.c'])
  })

  it('does nothing the second time, even if an equal value was added since', () => {
    const tree = new SubjectTree<string>()
    tree.add(parsePattern('a.b'), 'other')
    const undo = tree.add(parsePattern('a.b'), 'value')
    undo()
    tree.add(parsePattern('a.b'), 'value')
    undo()
    expect(findIn(tree, 'a.b').sort()).toEqual(['other', 'value'])
  })

  it('removes nothing of a longer pattern that was merged with its own', () => {
    const tree = new SubjectTree<string>()
    const undos = [1, 2].map(() => tree.add(parsePattern('a.b.c'), 'value'))
    tree.add(parsePattern('a.b.d'), 'value')
    for (const undo of undos) undo()
    expect(findIn(tree, 'a.b.c')).toEqual([])
    expect(findIn(tree, 'a.b.d')).toEqual(['value'])
  })

  it('isRemoved an empty tree when all values are removed', () => {
    fc.assert(
      fc.property(fc.array(pattern, { maxLength: 8 }), fc.infiniteStream(fc.nat()), (patterns, order) => {
        const tree = new SubjectTree<number>()
        const undos = patterns.map((pattern, value) => tree.add(pattern, value))
        while (undos.length > 0) {
          expect(tree.empty).toBe(false)
          undos.splice(order.next().value % undos.length, 1)[0]?.()
        }
        expect(tree.empty).toBe(true)
      }),
      { numRuns: 100 },
    )
  })
})

describe('10,000 patterns', () => {
  const shapes = ['**.n', 'a.*.n', '*.b.n.**', 'a.b.n', 'a.**.n.**', 'request.n']
  const crowd = (count: number): SubjectTree<string> =>
    treeOf(...Array.from({ length: count }, (_, i) => (shapes[i % shapes.length] as string).replace('n', `n${i}`))).tree

  it('are matched correctly', () => {
    const tree = crowd(10_000)
    expect(findIn(tree, 'a.b.n6')).toEqual(['**.n6'])
    expect(findIn(tree, 'a.b.n7')).toEqual(['a.*.n7'])
    expect(findIn(tree, 'a.b.n8')).toEqual(['*.b.n8.**'])
    expect(findIn(tree, 'a.b.n9999')).toEqual(['a.b.n9999'])
    expect(findIn(tree, 'a.x.n10.y')).toEqual(['a.**.n10.**'])
    expect(findIn(tree, 'a.b.c')).toEqual([])
  })

  it('take no more look-ups per match than 60 (S11)', () => {
    const cost = (tree: SubjectTree<string>) => lookUps(() => findIn(tree, 'a.b.n8.c.d'))
    expect(cost(crowd(10_000))).toBe(cost(crowd(60)))
  })
})

describe('5,000 patterns of 250 segments that fork early', () => {
  const forks = (count: number, end: string): string[] =>
    Array.from({ length: count }, (_, i) =>
      [
        '**.a',
        ...[...i.toString(2).padStart(13, '0')].map((bit) => (bit === '1' ? 'a' : '*')),
        ...tail(100),
        '**',
        ...tail(120),
        end,
      ].join('.'),
    )
  const tail = (length: number): string[] => Array(length).fill('a')

  it('take time that grows with their segments, not with the ways to place them', () => {
    const { tree } = treeOf(...forks(5000, 'b'), ...forks(10, '*'))
    expect(findIn(tree, tail(256).join('.'))).toHaveLength(10)
    expect(findIn(tree, [...tail(255), 'b'].join('.'))).toHaveLength(5010)
  })
})

/** Counts how often a task looks into a Map: the tree does so once for each branch and segment. */
function lookUps(task: () => void): number {
  const get = Map.prototype.get
  let count = 0
  Map.prototype.get = function (key) {
    count++
    return get.call(this, key)
  }
  try {
    task()
  } finally {
    Map.prototype.get = get
  }
  return count
}
