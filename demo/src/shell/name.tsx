import { usePage } from '../page.js'

/** The name that others see in the chat. */
export function Name() {
  const { name, rename } = usePage()
  return (
    <label className="flex flex-col gap-1 text-quiet text-xs">
      Your name
      <input
        value={name}
        maxLength={40}
        onChange={(event) => rename(event.target.value)}
        className="min-w-0 rounded-md border border-line bg-ink px-2 py-1.5 text-sm text-text"
      />
    </label>
  )
}
