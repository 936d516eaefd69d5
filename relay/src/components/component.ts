import type { Headers, HeadersInput } from '@wildcast/protocol'

/** A message that triggers a component. */
export interface Trigger {
  /** @example 'hello.world' */
  readonly subject: string
  /** Name of the broker that brought it. */
  readonly broker: string
  /**
   * What the wildcards of the component's subscription stand for: `*` one segment, `**` zero or
   * more joined by dots.
   */
  readonly params: readonly string[]
  /** The payload as JSON if it parses as such, else as text, else as bytes. */
  readonly data: unknown
  /** The payload as text. @throws {TypeError} where it is not UTF-8. */
  text(): string
  /** The payload as JSON. @throws {SyntaxError} where it is none. */
  json(): unknown
  /** The payload as it travelled. */
  readonly bytes: Uint8Array
  /** The headers by name. Of a name that is repeated it has the last value. */
  readonly headers: ReadonlyMap<string, string>
  /** All headers, in order. */
  readonly headerList: Headers
  /** Where an answer is awaited, if one is. */
  readonly responseSubject: string | undefined
}

/** What a component says. */
export interface Output {
  /**
   * Text and bytes travel as they are, nothing for `undefined`, JSON for the rest. @default nothing
   */
  readonly message?: unknown
  /**
   * @default where an answer is awaited; else the `default_subject` of the component's `result`;
   * else the subject of the message that triggered it
   */
  readonly subject?: string | undefined
  /** @default the `default_broker` of the component's `result`; else the component's broker */
  readonly broker?: string | undefined
  /** Where an answer is awaited. */
  readonly responseSubject?: string | undefined
  /** An object, a `Map` or pairs; a value is a string, or several in an array. */
  readonly headers?: HeadersInput | undefined
}

/** What a component has beside its message. */
export interface ComponentContext {
  readonly id: string
  /** The variables of `[component.config]`. */
  readonly config: Readonly<Record<string, string>>
  /** Aborted when the time for this message is over. */
  readonly signal: AbortSignal
}

/** Nothing, one output, or several. */
export type ComponentResult = Output | readonly Output[] | undefined

/**
 * A function that a message triggers: the default export of the module that `source` names. What it
 * throws is logged with its id.
 */
export type Component = (
  trigger: Trigger,
  context: ComponentContext,
) => ComponentResult | Promise<ComponentResult> | Promise<void>

/**
 * A component, with its types.
 * @example
 * export default defineComponent((message, { config }) => ({ message: `${config.greeting}, ${message.params[0]}` }))
 */
export function defineComponent(component: Component): Component {
  return component
}
