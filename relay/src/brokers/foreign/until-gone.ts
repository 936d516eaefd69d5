/** What `wait` begins and can stop, unless nobody wants it any more before it is there: then the reason for that. */
export function untilGone<Value>(
  gone: AbortSignal | undefined,
  wait: (resolve: (value: Value) => void, reject: (cause: unknown) => void) => () => void,
): Promise<Value> {
  return new Promise((resolve, reject) => {
    gone?.throwIfAborted()
    const stop = wait(resolve, reject)
    const leave = (): void => {
      stop()
      reject(gone?.reason)
    }
    gone?.addEventListener('abort', leave, { once: true })
  })
}
