import * as v from 'valibot'
import type { Reads } from './table.js'
import { text } from './values.js'

/** The segments before each subject. Other names have a meaning at brokers or in subjects. */
export const prefix: Reads<string> = v.pipe(
  text,
  v.regex(
    /^(?!(?:request|response)(?:\.|$))[A-Za-z0-9][\w-]*(?:\.[\w-]+)*$/,
    '{it} must be one or more segments of letters, digits, "-" and "_", such as "shop" or "shop.eu"',
  ),
)
