import { useSignal } from "@preact/signals"
import { useEffect } from "preact/hooks"
import type { AccessCode, AccessCodeSet, NewAccessCodes, ShopProduct } from "../../client/src/index.ts"
import { countText } from "../shared/unit-texts.ts"
import { explain, shop } from "./api.ts"
import { csvOfCodes } from "./code-texts.ts"
import { localText } from "./dates.ts"
import { Dialog } from "./dialog.tsx"
import { Field } from "./field.tsx"
import { MakeCodesDialog, UploadCodesDialog } from "./new-codes.tsx"
import { may } from "./own-role.ts"
import { Failure } from "./pager.tsx"
import { PhaseList } from "./phase-list.tsx"

/** The access codes of a product: how many there are and are used, new ones, and one that is looked up. */
export function AccessCodesScreen({ productId }: { readonly productId: number }) {
  const product = useSignal<ShopProduct | null>(null)
  const sets = useSignal<readonly AccessCodeSet[] | null>(null)
  const failure = useSignal<string | null>(null)
  const asked = useSignal<"make" | "upload" | null>(null)
  const added = useSignal<NewAccessCodes | null>(null)

  async function read(): Promise<void> {
    try {
      const [found, { data }] = await Promise.all([
        shop.products.get(productId),
        shop.accessCodes.sets(productId),
      ])
      product.value = found
      sets.value = data
      failure.value = null
    } catch (error) {
      failure.value = explain(error)
    }
  }
  useEffect(() => void read(), [productId])

  const close = () => void (asked.value = null)
  function made(codes: NewAccessCodes): void {
    added.value = codes
    void read()
  }
  const props = { productId, sets: setNames(product.value, sets.value), made, close }
  return (
    <>
      <h1>Access codes of {product.value?.name ?? `product ${productId}`}</h1>
      <p>
        <a href={`/admin/p/${productId}`}>Back to the sale</a>
      </p>
      <Failure text={failure.value} />
      {product.value !== null && <PhaseList product={product.value} />}
      {added.value !== null && (
        <AddedCodes productId={productId} added={added.value} done={() => void (added.value = null)} />
      )}
      {sets.value !== null && <Sets sets={sets.value} />}
      {may("manager") && (
        <div class="buttons">
          <button type="button" class="button" onClick={() => void (asked.value = "make")}>
            Make codes…
          </button>
          <button type="button" class="button" onClick={() => void (asked.value = "upload")}>
            Upload codes…
          </button>
        </div>
      )}
      {may("support") && <OneCode productId={productId} changed={() => void read()} />}
      {asked.value === "make" && <MakeCodesDialog {...props} />}
      {asked.value === "upload" && <UploadCodesDialog {...props} />}
    </>
  )
}

/** The sets that phases need, and those that have codes. */
function setNames(product: ShopProduct | null, sets: readonly AccessCodeSet[] | null): readonly string[] {
  const needed = (product?.phases ?? []).flatMap(({ needs }) =>
    needs === null || needs.group !== undefined ? [] : needs.codes,
  )
  return [...new Set([...needed, ...(sets ?? []).map(({ set }) => set)])]
}

function Sets({ sets }: { readonly sets: readonly AccessCodeSet[] }) {
  if (sets.length === 0) return <p class="muted">No access codes yet.</p>
  return (
    <div class="scroll">
      <table class="tabular">
        <thead>
          <tr>
            <th scope="col">Set</th>
            {["Codes", "Used codes", "Revoked codes", "Units", "Units used"].map((name) => (
              <th key={name} scope="col" class="number">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {sets.map(({ set, codes, used_codes, revoked_codes, units, units_used }) => (
            <tr key={set}>
              <th scope="row" class="name">
                {set}
              </th>
              {[codes, used_codes, revoked_codes, units, units_used].map((count, index) => (
                <td key={index} class="number">
                  {countText(count)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

interface AddedCodesProps {
  readonly productId: number
  readonly added: NewAccessCodes
  readonly done: () => void
}

/** What became of new codes. Codes that the server has made can be downloaded here, and never again. */
function AddedCodes({ productId, added: { set, codes, added, known }, done }: AddedCodesProps) {
  const href = `data:text/csv;charset=utf-8,${encodeURIComponent(csvOfCodes(codes ?? []))}`
  const others = known === 0 ? "" : ` ${countText(known)} were there already and stay as they are.`
  return (
    <section class="endpoint new-secret" aria-labelledby="new-codes">
      <h2 id="new-codes">
        {added === 1 ? "1 code" : `${countText(added)} codes`} added to “{set}”
      </h2>
      {codes === undefined ? (
        <p>{`Buyers can use them now.${others}`}</p>
      ) : (
        <p>
          Download them now: they are not shown again. Only their digests are kept, so nobody can read them
          later.
        </p>
      )}
      <div class="buttons">
        {codes !== undefined && (
          <a
            class="button"
            href={href}
            download={`codes-${productId}-${set.replaceAll(/[^\w-]+/g, "_")}.csv`}
          >
            Download codes (CSV)
          </a>
        )}
        <button type="button" class="button primary" onClick={done}>
          {codes === undefined ? "Close" : "I have stored them"}
        </button>
      </div>
    </section>
  )
}

interface OneCodeProps {
  readonly productId: number
  readonly changed: () => void
}

/** Looks up one code, and revokes it. */
function OneCode({ productId, changed }: OneCodeProps) {
  const text = useSignal("")
  const found = useSignal<{ readonly code: string; readonly of: AccessCode } | null>(null)
  const failure = useSignal<string | null>(null)
  const isAsked = useSignal(false)

  async function look(event: Event): Promise<void> {
    event.preventDefault()
    const code = text.value.trim()
    found.value = null
    failure.value = null
    try {
      found.value = { code, of: await shop.accessCodes.find(productId, { access_code: code }) }
    } catch (error) {
      failure.value = explain(error)
    }
  }
  async function revoke(code: string): Promise<void> {
    const of = await shop.accessCodes.revoke(productId, { access_code: code })
    found.value = { code, of }
    changed()
  }
  const current = found.value
  return (
    <section class="collect" aria-labelledby="one-code">
      <h2 id="one-code">Look up a code</h2>
      <form class="settings" onSubmit={(event) => void look(event)}>
        <Field id="code" label="Code" value={text} required />
        <div class="buttons">
          <button type="submit" class="button">
            Look up
          </button>
        </div>
      </form>
      <Failure text={failure.value} />
      {current !== null && (
        <p role="status" class="tabular">
          {codeText(current.code, current.of)}
        </p>
      )}
      {current !== null && current.of.revoked_at === null && may("manager") && (
        <button type="button" class="button" onClick={() => void (isAsked.value = true)}>
          Revoke…
        </button>
      )}
      {isAsked.value && current !== null && (
        <Dialog
          title={`Revoke ${current.code}?`}
          action="Revoke the code"
          danger
          run={() => revoke(current.code)}
          close={() => void (isAsked.value = false)}
        >
          <p>Nobody gets in with it any more. What is held or ordered with it goes on.</p>
          <p>A revoked code stays revoked.</p>
        </Dialog>
      )}
    </section>
  )
}

function codeText(code: string, { set, units, units_used, created_at, revoked_at }: AccessCode): string {
  const state = revoked_at === null ? "" : ` Revoked ${localText(revoked_at)}.`
  return `${code} of “${set}”: ${countText(units_used)} of ${countText(units)} units used. Added ${localText(created_at)}.${state}`
}
