import { expect, it } from 'vitest'
import { markChannels } from './mark-channels.js'

it('are those of payloads, after the prefix', () => {
  const { of, marked } = markChannels({ prefix: 'shop:', db: 0 })
  expect(of('shop:a/b.c')).toBe('shop:$mark.a/b.c')
  expect(marked('shop:$mark.a/b.c')).toBe('shop:a/b.c')
  for (const other of ['shop:a', '$mark.a', 'shop:$mark3.a', 'shop:$marks']) expect(marked(other)).toBeUndefined()
})

it('have a glob of their own, unless the glob begins with a star', () => {
  const { globOf } = markChannels({ prefix: 'shop:', db: 0 })
  expect(globOf(['shop:a.', '.c'])).toEqual(['shop:$mark.a.', '.c'])
  expect(globOf(['shop:', ''])).toBeUndefined()
  expect(globOf(['shop:', '.b'])).toBeUndefined()
})

it('are others in each database', () => {
  const [zero, three] = [markChannels({ prefix: '', db: 0 }), markChannels({ prefix: '', db: 3 })]
  expect(three.of('a')).toBe('$mark3.a')
  expect(zero.marked(three.of('a'))).toBeUndefined()
  expect(three.marked(zero.of('a'))).toBeUndefined()
})
