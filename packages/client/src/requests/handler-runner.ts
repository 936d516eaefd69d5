import type { Message } from '../messages/message.js'

/** Runs the handler of a request, such as within a trace. */
export interface HandlerRunner {
  run<Result>(code: () => Result): Result
  /** The handler has failed, or its answer could not be sent. */
  failed(cause: unknown): void
}

const runners = new WeakMap<Message, HandlerRunner>()
const plain: HandlerRunner = { run: (code) => code(), failed() {} }

/** Sets the runner of a request, before it is handled. */
export function setRunner(message: Message, runner: HandlerRunner): void {
  runners.set(message, runner)
}

/** Returns the runner of a request. */
export function runnerOf(message: Message): HandlerRunner {
  return runners.get(message) ?? plain
}
