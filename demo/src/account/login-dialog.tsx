import { type FormEvent, useEffect, useRef, useState } from 'react'
import { usePage } from '../page.js'
import { Button } from '../ui/button.js'
import { Field } from '../ui/field.js'
import { type Team, useAccount } from './account.js'
import { logIn } from './log-in.js'

const teams: readonly (readonly [Team, string, string])[] = [
  ['trader', 'Trader', 'Chats, and sets prices and orders.'],
  ['manager', 'Manager', 'Also enters the vault, and reads every subject.'],
]

const close = (): void => useAccount.setState({ dialog: undefined })

/** Asks for a name and a team. A modal dialog: it keeps the focus, and Escape closes it. */
export function LoginDialog({ team: proposed }: { readonly team: Team }) {
  const dialog = useRef<HTMLDialogElement>(null)
  const [name, setName] = useState(usePage.getState().name)
  const [team, setTeam] = useState(proposed)
  const [error, setError] = useState<string>()
  const [isBusy, setBusy] = useState(false)
  useEffect(() => dialog.current?.showModal(), [])

  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    setBusy(true)
    setError(undefined)
    await logIn({ name: name.trim(), team }).catch(({ message }: Error) => setError(message))
    setBusy(false)
  }
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the backdrop; its key is Escape
    <dialog
      ref={dialog}
      aria-label="Log in"
      onClose={close}
      onClick={(event) => event.target === event.currentTarget && close()}
      className="m-auto w-96 max-w-[calc(100vw-2rem)] rounded-xl border border-line bg-panel text-text shadow-lg
        backdrop:bg-black/50"
    >
      <form noValidate onSubmit={(event) => void submit(event)} className="flex flex-col gap-4 p-6">
        <h2 className="font-semibold tracking-tight">Log in</h2>
        <Field
          label="Name"
          dir="auto"
          autoFocus
          value={name}
          error={error}
          onChange={({ target }) => setName(target.value)}
        />
        <fieldset className="flex flex-col gap-2">
          <legend className="mb-1.5 font-medium text-quiet text-xs">Team</legend>
          {teams.map(([value, title, note]) => (
            <label
              key={value}
              className="flex cursor-pointer items-start gap-3 rounded-lg border border-line p-3 transition-colors
                hover:bg-raised has-checked:border-brand"
            >
              <input
                type="radio"
                name="team"
                value={value}
                checked={team === value}
                onChange={() => setTeam(value)}
                className="mt-0.5 accent-brand-deep"
              />
              <span className="flex flex-col gap-0.5">
                <span className="font-medium text-sm">{title}</span>
                <span className="text-quiet text-xs">{note}</span>
              </span>
            </label>
          ))}
        </fieldset>
        <p className="text-quiet text-xs">A demo asks for no password: its server signs a token for whoever asks.</p>
        <div className="flex justify-end gap-2">
          <Button onClick={close}>Cancel</Button>
          <Button isMain type="submit" disabled={isBusy}>
            Log in
          </Button>
        </div>
      </form>
    </dialog>
  )
}
