import type { Headers, HeadersInput } from '@wildcast/protocol'

/** A message that triggers a component. */
export interface Trigger {
  /** @example 'hello.world' */
  readonly subject: string
  /** Name of the broker that delivered it. */
  readonly broker: string
  /**
   * The values of the wildcards of the component's subscription: `*` one segment, `**` zero or more
   * joined by dots.
   */
  readonly params: readonly string[]
  /** The payload as JSON if it parses, else as text, else as bytes. */
  readonly data: unknown
  /** The payload as text. @throws {TypeError} if it is not UTF-8 */
  text(): string
  /** The payload as JSON. @throws {SyntaxError} if it is not JSON */
  json(): unknown
  /** The payload as it was sent. */
  readonly bytes: Uint8Array
  /** The headers by name. A repeated name has its last value. */
  readonly headers: ReadonlyMap<string, string>
  /** All headers, in order. */
  readonly headerList: Headers
  /** The subject to answer on, if any. */
  readonly responseSubject: string | undefined
}

/** An output of a component. */
export interface Output {
  /**
   * Strings and bytes are sent as they are, `undefined` as no bytes, the rest as JSON. @default
   * nothing
   */
  readonly message?: unknown
  /**
   * @default the subject to answer on; else the `default_subject` of the component's `result`; else
   * the subject of its trigger
   */
  readonly subject?: string | undefined
  /** @default the `default_broker` of the component's `result`; else the component's broker */
  readonly broker?: string | undefined
  /** The subject to answer on. */
  readonly responseSubject?: string | undefined
  /** An object, a `Map` or pairs; a value is a string, or several in an array. */
  readonly headers?: HeadersInput | undefined
}

/** The context of a component's run. */
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
 * A function that a message triggers: the default export of the module that `source` names.
 * Exceptions are logged with its id.
 */
export type Component = (
  trigger: Trigger,
  context: ComponentContext,
) => ComponentResult | Promise<ComponentResult> | Promise<void>

/**
 * A component, with its types.
 * @example
 * export default defineComponent((message, { config }) => ({
 *   message: `${config.greeting}, ${message.params[0]}`,
 * }))
 */
export function defineComponent(component: Component): Component {
  return component
}
