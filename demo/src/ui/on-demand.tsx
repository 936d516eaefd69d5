import { type ComponentType, type ReactNode, useEffect, useState } from 'react'
import { useConnection } from '../bridge.js'

/** Shows what stands for the code while it is loaded, or after that has failed. */
type Meanwhile = (hasFailed: boolean) => ReactNode

/**
 * A component whose code is loaded when it is first shown. The relay serves the code, so a page
 * that is offline has to wait for it: it tries again at each connection, and works meanwhile.
 */
export function onDemand<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
  meanwhile: Meanwhile = () => null,
): ComponentType<Props> {
  let Loaded: ComponentType<Props> | undefined
  // biome-ignore lint/correctness/noComponentHookFactories: as `lazy` does, once for each module
  return function OnDemand(props: Props) {
    const [attempt, setAttempt] = useState<'loading' | 'done' | 'failed'>(Loaded ? 'done' : 'loading')
    const { state } = useConnection()
    const isOnline = state === 'online'
    // biome-ignore lint/correctness/useExhaustiveDependencies: a connection is a new attempt
    useEffect(() => {
      if (Loaded) return
      load().then(
        (component) => {
          Loaded = component
          setAttempt('done')
        },
        () => setAttempt('failed'),
      )
    }, [isOnline])
    return Loaded ? <Loaded {...props} /> : meanwhile(attempt === 'failed')
  }
}
