import { useSyncExternalStore } from 'react'

/** Whether a media query matches; renders when that changes. */
export function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (changed) => {
      const media = matchMedia(query)
      media.addEventListener('change', changed)
      return () => media.removeEventListener('change', changed)
    },
    () => matchMedia(query).matches,
  )
}

/** Whether the sidebar fits beside the view. The same width as Tailwind's `md`. */
export function useIsWide(): boolean {
  return useMedia('(width >= 48rem)')
}
