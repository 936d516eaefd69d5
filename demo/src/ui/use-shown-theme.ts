import { useSyncExternalStore } from 'react'
import { usePage } from '../page.js'

const systemIsDark = matchMedia('(prefers-color-scheme: dark)')

function onSystemChange(changed: () => void): () => void {
  systemIsDark.addEventListener('change', changed)
  return () => systemIsDark.removeEventListener('change', changed)
}

/** The theme that is shown. A canvas is drawn again when it changes. */
export function useShownTheme(): 'light' | 'dark' {
  const theme = usePage((page) => page.theme)
  const isDark = useSyncExternalStore(onSystemChange, () => systemIsDark.matches)
  return theme === 'system' ? (isDark ? 'dark' : 'light') : theme
}
