import { type Theme, usePage } from '../page.js'

const next: Record<Theme, Theme> = { system: 'light', light: 'dark', dark: 'system' }

/** Steps through the system's theme, light and dark. */
export function ThemeChoice() {
  const { theme, setTheme } = usePage()
  return (
    <button
      type="button"
      onClick={() => setTheme(next[theme])}
      aria-label={`Theme: ${theme}`}
      title={`Theme: ${theme}`}
      className="rounded-md p-1 text-quiet transition-colors hover:bg-raised hover:text-text"
    >
      <svg aria-hidden viewBox="0 0 16 16" className="size-4 fill-none stroke-current" strokeWidth={1.4}>
        {theme === 'light' && (
          <>
            <circle cx={8} cy={8} r={3} />
            <path d="M8 1v1.5M8 13.5V15M1 8h1.5M13.5 8H15M3 3l1 1M12 12l1 1M13 3l-1 1M4 12l-1 1" />
          </>
        )}
        {theme === 'dark' && <path d="M13.5 9.5A6 6 0 0 1 6.5 2.5a6 6 0 1 0 7 7z" />}
        {theme === 'system' && <path d="M2 3h12v8H2zM5.5 14h5M8 11v3" />}
      </svg>
    </button>
  )
}
