import { defineContract } from '@wildcast/contract'
import * as v from 'valibot'

/** The data of each subject: the page, the relay and the tests check it. */
export const api = defineContract({
  'hello.{name}': { message: v.string(), codec: 'text' },
  'greeting.{name}': { message: v.object({ text: v.string() }) },
})
