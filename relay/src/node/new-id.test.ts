import { expect, it } from 'vitest'
import { newId } from './new-id.js'

it('is different each time, and uses every character at every position', () => {
  const ids = Array.from({ length: 20_000 }, newId)
  expect(new Set(ids).size).toBe(ids.length)
  for (const id of ids.slice(0, 10)) expect(id).toMatch(/^[0-9A-HJKMNP-TV-Z]{26}$/)
  for (let position = 10; position < 26; position++) expect(new Set(ids.map((id) => id[position])).size).toBe(32)
})
