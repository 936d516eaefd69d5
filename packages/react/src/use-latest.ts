import { useInsertionEffect, useRef } from 'react'

/** Returns the value of the last render, for callbacks that must not change with it. */
export function useLatest<Value>(value: Value): { readonly current: Value } {
  const latest = useRef(value)
  useInsertionEffect(() => {
    latest.current = value
  })
  return latest
}
