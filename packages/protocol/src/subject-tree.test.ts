import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { matches } from './match.js'
import { parsePattern, parseSubject } from './subject.js'
import { SubjectTree } from './subject-tree.js'

const words = fc.constantFrom('a', 'b', 'c', 'request', '$x')
const pattern = fc
  .array(fc.oneof(words, fc.constantFrom('*', '**')), { minLength: 1, maxLength: 4 })
  .map((segments) => parsePattern(segments.join('.')))
const subject = fc.array(words, { minLength: 1, maxLength: 5 }).map((segments) => parseSubject(segments.join('.')))

const find = <Value>(tree: SubjectTree<Value>, text: string): Value[] => tree.match(parseSubject(text))

/** A tree in which each pattern is its own value, and the undo of each. */
function treeOf(...texts: string[]): { tree: SubjectTree<string>; undo: Map<string, () => void> } {
  const tree = new SubjectTree<string>()
  const undo = new Map(texts.map((text) => [text, tree.add(parsePattern(text), text)]))
  return { tree, undo }
}

describe('SubjectTree', () => {
  it('finds what a scan with matches finds, also while patterns leave', () => {
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
          entries.forEach(([, leaves], value) => {
            if (leaves) undos[value]?.()
          })
          scan((value) => !entries[value]?.[1])
        },
      ),
      { numRuns: 300 },
    )
  })

  it('finds a value once, although several ways lead to it', () => {
    const { tree } = treeOf('**.a.**')
    expect(find(tree, 'a.a.a')).toEqual(['**.a.**'])
  })

  it('finds a value once, although it stands under several patterns that match', () => {
    const tree = new SubjectTree<string>()
    for (const text of ['a.b', 'a.*', '*.b', '**', 'a.**', '**.b']) tree.add(parsePattern(text), 'one')
    expect(find(tree, 'a.b')).toEqual(['one'])
  })

  it('holds an equal value under one pattern once', () => {
    const { tree } = treeOf('a.*', 'a.*')
    expect(find(tree, 'a.b')).toEqual(['a.*'])
  })

  it('lets no leading wildcard reach a reserved first segment', () => {
    const { tree } = treeOf('**', '*.x', '**.x', '$SYS.*', 'request.**')
    expect(find(tree, '$SYS.x')).toEqual(['$SYS.*'])
    expect(find(tree, 'request.x')).toEqual(['request.**'])
    expect(find(tree, 'request')).toEqual(['request.**'])
    expect(find(tree, 'a.x')).toEqual(expect.arrayContaining(['**', '*.x', '**.x']))
  })

  it.each(Object.getOwnPropertyNames(Object.prototype))('takes %j for a word like any other', (name) => {
    const { tree } = treeOf(name, `a.${name}.*`)
    expect(find(tree, 'a')).toEqual([])
    expect(find(tree, 'a.b.c')).toEqual([])
    expect(find(tree, `a.${name}.${name}`)).toEqual([`a.${name}.*`])
    if (name[0] !== '_') expect(find(tree, name)).toEqual([name])
  })
})

describe('the undo', () => {
  it('takes away its own value only', () => {
    const { tree, undo } = treeOf('a.b', 'a.*', 'a.**', 'a.b.c')
    undo.get('a.*')?.()
    expect(find(tree, 'a.b').sort()).toEqual(['a.**', 'a.b'])
    undo.get('a.b')?.()
    expect(find(tree, 'a.b')).toEqual(['a.**'])
    expect(find(tree, 'a.b.c').sort()).toEqual(['a.**', 'a.b.c'])
  })

  it('does nothing the second time, even if an equal value came since', () => {
    const tree = new SubjectTree<string>()
    tree.add(parsePattern('a.b'), 'other')
    const undo = tree.add(parsePattern('a.b'), 'value')
    undo()
    tree.add(parsePattern('a.b'), 'value')
    undo()
    expect(find(tree, 'a.b').sort()).toEqual(['other', 'value'])
  })

  it('leaves no trace: a tree that everybody left is empty', () => {
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

  it('are matched right', () => {
    const tree = crowd(10_000)
    expect(find(tree, 'a.b.n6')).toEqual(['**.n6'])
    expect(find(tree, 'a.b.n7')).toEqual(['a.*.n7'])
    expect(find(tree, 'a.b.n8')).toEqual(['*.b.n8.**'])
    expect(find(tree, 'a.b.n9999')).toEqual(['a.b.n9999'])
    expect(find(tree, 'a.x.n10.y')).toEqual(['a.**.n10.**'])
    expect(find(tree, 'a.b.c')).toEqual([])
  })

  it('cost a match no more look-ups than 60 do (S11)', () => {
    const cost = (tree: SubjectTree<string>) => lookUps(() => find(tree, 'a.b.n8.c.d'))
    expect(cost(crowd(10_000))).toBe(cost(crowd(60)))
  })
})

/** How often a task looks into a Map: the tree does so once for each branch and segment. */
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
