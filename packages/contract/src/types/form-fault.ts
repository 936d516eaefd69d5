import type { RepeatedName } from './segments.js'

/** A sentence that states why a text is no pattern. It is `never` for a pattern. */
export type FormFault<Text extends string> = Text extends '' | `.${string}` | `${string}.` | `${string}..${string}`
  ? `'${Text}' has an empty segment; put one or more characters between the dots`
  : Text extends `${string}/${string}`
    ? `'${Text}' has a '/', but segments are joined by '.'; write '.' in its place`
    : Text extends `${string} ${string}` | `${string}+${string}`
      ? `'${Text}' has a space or a '+', which no subject has; use '*' for one segment`
      : Text extends `${string}{${string}`
        ? ParamFault<Text>
        : never

type ParamFault<Text extends string> = [RepeatedName<Text>] extends [never]
  ? Text extends `${string}*${string}` | `${string}>` | `${string}#`
    ? `'${Text}' has params and wildcards; write either names such as {room}, or '*' and '**'`
    : never
  : `'${Text}' has the param {${RepeatedName<Text>}} twice; use two names`
