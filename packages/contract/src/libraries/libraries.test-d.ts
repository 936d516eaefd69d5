import { type as ark } from 'arktype'
import * as v from 'valibot'
import { expectTypeOf, test } from 'vitest'
import * as z from 'zod'
import { defineContract } from '../define-contract.js'
import type { DataOf, InputOf } from '../types/data-of.js'

const api = defineContract({
  'zod.*': {
    message: z.object({ at: z.string().transform((text) => new Date(text)), unit: z.string().default('kg') }),
  },
  'valibot.*': {
    message: v.object({
      at: v.pipe(
        v.string(),
        v.transform((text) => new Date(text)),
      ),
      unit: v.optional(v.string(), 'kg'),
    }),
  },
  'arktype.*': { message: ark({ at: 'string.date.parse', unit: 'string = "kg"' }) },
})
type Api = typeof api

test('data is the output of a schema, and input is what it takes', () => {
  expectTypeOf<DataOf<Api, 'message', 'zod.1'>>().toEqualTypeOf<{ at: Date; unit: string }>()
  expectTypeOf<DataOf<Api, 'message', 'valibot.1'>>().toEqualTypeOf<{ at: Date; unit: string }>()
  expectTypeOf<DataOf<Api, 'message', 'arktype.1'>>().toEqualTypeOf<{ at: Date; unit: string }>()
  expectTypeOf<DataOf<Api, 'message', '**'>>().toEqualTypeOf<{ at: Date; unit: string }>()
  expectTypeOf<{ at: string }>().toExtend<InputOf<Api, 'message', 'zod.1'>>()
  expectTypeOf<{ at: string }>().toExtend<InputOf<Api, 'message', 'valibot.1'>>()
  expectTypeOf<{ at: string }>().toExtend<InputOf<Api, 'message', 'arktype.1'>>()
  expectTypeOf<{ at: Date }>().not.toExtend<InputOf<Api, 'message', 'zod.1'>>()
  expectTypeOf<{ at: Date }>().not.toExtend<InputOf<Api, 'message', 'valibot.1'>>()
  expectTypeOf<{ at: Date }>().not.toExtend<InputOf<Api, 'message', 'arktype.1'>>()
})
