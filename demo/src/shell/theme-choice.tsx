import { type Theme, usePage } from '../page.js'
import { Icon } from '../ui/icon.js'

const themes: readonly (readonly [Theme, string])[] = [
  ['system', 'Theme of the system'],
  ['light', 'Light theme'],
  ['dark', 'Dark theme'],
]

/** The system's theme, light or dark. */
export function ThemeChoice() {
  const { theme, setTheme } = usePage()
  return (
    <fieldset className="flex rounded-lg bg-raised p-0.5">
      <legend className="sr-only">Theme</legend>
      {themes.map(([value, label]) => (
        <button
          key={value}
          type="button"
          aria-label={label}
          aria-pressed={theme === value}
          title={label}
          onClick={() => setTheme(value)}
          className="grid size-6 place-items-center rounded-md text-quiet transition-colors hover:text-text
            aria-pressed:bg-panel aria-pressed:text-text aria-pressed:shadow-sm touch:size-11"
        >
          <Icon name={value} className="size-3.5 touch:size-4.5" />
        </button>
      ))}
    </fieldset>
  )
}
