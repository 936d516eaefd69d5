import { describe, expect, it } from 'vitest'
import { defineContract } from '../define-contract.js'
import type { ContractSchema, EntryDefinition } from '../definition.js'

/** The data of the schemas below. */
export interface Fruit {
  readonly name: string
  readonly price: number
}

/** Schemas as a library has them. */
export interface LibrarySchemas {
  readonly fruit: ContractSchema<Fruit>
  readonly basket: ContractSchema<{ readonly items: readonly Fruit[] }>
  /** Text, which becomes the count of its characters. */
  readonly length: ContractSchema<string, number>
  /** An object whose `unit` is `kg` if it is missing. */
  readonly unit: ContractSchema<{ readonly unit?: string | undefined }, { readonly unit: string }>
  readonly union: ContractSchema<
    { readonly kind: 'a'; readonly n: number } | { readonly kind: 'b'; readonly s: string }
  >
  /** Text with an async check or transform. */
  readonly async: ContractSchema<string, unknown>
  /** Text with a check that throws. */
  readonly throwing: ContractSchema<string>
}

/** Tests that a contract checks data by the schemas of a library. */
export function testLibrary(name: string, schemas: LibrarySchemas): void {
  const check = (schema: ContractSchema<unknown, unknown>, data: unknown) =>
    defineContract({ 'a.{b}': { message: schema } satisfies EntryDefinition }).check('message', 'a.1', data)
  const fault = (schema: ContractSchema<unknown, unknown>, data: unknown): string => {
    const failure = check(schema, data)?.failure
    expect(failure?.code).toBe('invalid_payload')
    return failure?.message ?? ''
  }

  describe(`a contract with schemas of ${name}`, () => {
    it('accepts valid data', () => {
      expect(check(schemas.fruit, { name: 'fig', price: 1 })).toEqual({ value: { name: 'fig', price: 1 } })
    })

    it.each([
      ['a wrong type', { items: [{ name: 'fig', price: 'much' }] }, /^a\.1: "items\.0\.price"/],
      ['a missing field', { items: [{ name: 'fig', price: 1 }, { name: 'kiwi' }] }, /^a\.1: "items\.1\.price"/],
      ['a missing object', {}, /^a\.1: "items"/],
      ['no object', 7, /^a\.1: [^"]*$/],
      ['null', null, /^a\.1: [^"]*$/],
      ['nothing', undefined, /^a\.1: [^"]*$/],
    ])('names the path of a fault: %s', (_, data, text) => expect(fault(schemas.basket, data)).toMatch(text))

    it('counts further faults', () => {
      expect(fault(schemas.fruit, { name: 1, price: 'much' })).toMatch(/^a\.1: "(name|price)".*; and 1 more$/)
    })

    it('names a fault without the data', () => {
      const secret = 'hunter2'
      const faults = [
        fault(schemas.fruit, { name: 'fig', price: secret }),
        fault(schemas.fruit, { name: { deep: [secret] }, price: 1 }),
        fault(schemas.fruit, secret),
        fault(schemas.fruit, [secret]),
        fault(schemas.basket, { items: secret }),
        fault(schemas.union, { kind: secret, n: 1 }),
        fault(schemas.union, { kind: 'a', n: secret }),
        fault(schemas.union, { kind: 'b', s: { secret } }),
      ]
      for (const text of faults) expect(text).not.toContain(secret)
    })

    it('has the output of a transform', () => expect(check(schemas.length, 'four')).toEqual({ value: 4 }))

    it('has the default of a missing field', () => {
      expect(check(schemas.unit, {})).toEqual({ value: { unit: 'kg' } })
      expect(check(schemas.unit, { unit: 'g' })).toEqual({ value: { unit: 'g' } })
    })

    it('accepts each member of a union, and nothing else', () => {
      for (const data of [
        { kind: 'a', n: 1 },
        { kind: 'b', s: 'x' },
      ])
        expect(check(schemas.union, data)).toEqual({ value: data })
      fault(schemas.union, { kind: 'a', s: 'x' })
      fault(schemas.union, { kind: 'c', n: 1 })
    })

    it.each(['async', 'throwing'] as const)('throws an error that names the entry if a check is %s', (schema) => {
      expect(() => check(schemas[schema], 'text')).toThrow(
        expect.objectContaining({
          name: 'TypeError',
          message: expect.stringMatching(/^the schema for message of the contract's entry "a\.\{b\}" has .*; .*$/),
        }),
      )
    })
  })
}
