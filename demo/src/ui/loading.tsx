import { ViewHeader } from '../shell/view-header.js'

/** Shown while the code of a view is loaded, or while it can't be. */
export function Loading({ hasFailed }: { readonly hasFailed: boolean }) {
  return (
    <>
      <ViewHeader title="" />
      <p className={`m-auto text-quiet text-sm ${hasFailed ? '' : 'animate-pulse'}`}>
        {hasFailed ? 'This view opens when the connection is back.' : 'Loading…'}
      </p>
    </>
  )
}
