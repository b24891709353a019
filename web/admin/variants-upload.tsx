import { useSignal } from "@preact/signals"
import { useRef } from "preact/hooks"
import type { ShopProduct } from "../../client/src/index.ts"
import { explain, shop } from "./api.ts"
import { FirstVariantsDialog, losesStock, sumsOf } from "./first-variants.tsx"
import { Failure } from "./pager.tsx"
import { isHidden } from "./state-badge.tsx"
import { applyPlan, type LineResult } from "./variant-import-run.ts"
import { useGuard } from "./unsaved.ts"
import { csvOfVariants } from "./variant-cells.ts"
import { planImport, type ImportPlan, type PlannedLine } from "./variant-import.ts"

/** Far more than 200 lines usually need. */
const MOST_BYTES = 1_000_000

export interface VariantsUploadProps {
  readonly product: ShopProduct
  /** Called when the lines of a file were applied or refused. */
  readonly applied: () => void
}

/** Adds and changes variants with a CSV file: shows what the file would do, and does it after a confirmation. */
export function VariantsUpload({ product, applied }: VariantsUploadProps) {
  const plan = useSignal<ImportPlan | null>(null)
  const failure = useSignal<string | null>(null)
  const results = useSignal<ReadonlyMap<number, LineResult>>(new Map())
  const step = useSignal<"choose" | "running" | "done">("choose")
  /** The product that the preview compares with. */
  const present = useSignal(product)
  const isAsked = useSignal(false)
  const heading = useRef<HTMLHeadingElement>(null)
  // A page that is left applies no further lines.
  useGuard(() => step.value === "running")

  async function preview(file: File | undefined): Promise<void> {
    plan.value = null
    failure.value = null
    results.value = new Map()
    step.value = "choose"
    if (file === undefined) return
    try {
      const text = await textOf(file)
      // Read now, so that the preview compares with the present settings and stock.
      present.value = await shop.products.get(product.id)
      plan.value = planImport(text, present.value)
      failure.value = plan.value.fault
    } catch (error) {
      failure.value = explain(error)
    }
    requestAnimationFrame(() => heading.current?.focus())
  }

  async function apply(lines: readonly PlannedLine[]): Promise<void> {
    isAsked.value = false
    step.value = "running"
    await applyPlan(product.id, lines, (line, result) => {
      results.value = new Map([...results.value, [line, result]])
    })
    step.value = "done"
    applied()
    requestAnimationFrame(() => heading.current?.focus())
  }

  const lines = plan.value?.lines ?? []
  const added = lines.filter((planned) => planned.kind === "new").map(({ variant }) => variant)
  const isLosing = losesStock(present.value) && added.length > 0
  return (
    <section class="part" aria-labelledby="upload">
      <h2 id="upload">Upload a CSV file</h2>
      <p>
        The first line names the columns: <code>name</code>, <code>sku</code>, <code>options</code>,{" "}
        <code>price</code>, <code>stock</code>, <code>picture</code> (its address), <code>alt</code> (what the
        picture shows), <code>position</code> (buyers see the lowest first). A known <code>sku</code> or{" "}
        <code>name</code> is enough; new variants need <code>name</code> and <code>stock</code>. A line
        changes the variant with its SKU; if there is none, the variant with its name, unless that one has
        another SKU. Otherwise it adds a variant. An empty cell changes nothing.
      </p>
      <pre class="sample">{SAMPLE}</pre>
      {product.variants !== undefined && (
        <p>
          <a
            href={`data:text/csv;charset=utf-8,${encodeURIComponent(csvOfVariants(product.variants))}`}
            download={`variants-of-product-${product.id}.csv`}
          >
            Download the current variants (CSV)
          </a>
          , to change them in a spreadsheet and upload the file here.
        </p>
      )}
      <div class="entry">
        <label for="csv">CSV file</label>
        <input
          class="field"
          id="csv"
          type="file"
          accept=".csv,text/csv"
          aria-describedby="csv-hint"
          disabled={step.value === "running"}
          // Browsers report no change when the same file is chosen again, although it may have been corrected.
          onClick={({ currentTarget }) => void (currentTarget.value = "")}
          onChange={({ currentTarget }) => void preview(currentTarget.files?.[0])}
        />
        <p class="muted small" id="csv-hint">
          UTF-8, separated by commas, semicolons or tabs. Nothing is changed before you confirm.
        </p>
      </div>
      <Failure text={failure.value} />
      {lines.length > 0 && (
        <section class="part" aria-labelledby="preview">
          <h3 id="preview" ref={heading} tabindex={-1}>
            {step.value === "choose" ? previewText(lines) : resultText(step.value, lines, results.value)}
          </h3>
          <PlanTable lines={lines} results={step.value === "choose" ? null : results.value} />
          {step.value === "choose" && (
            <Confirmation
              product={present.value}
              lines={lines}
              apply={() => (isLosing ? (isAsked.value = true) : void apply(lines))}
            />
          )}
          {step.value === "done" && (
            <p>
              <a href={`/admin/p/${product.id}`}>Back to the sale</a>. You can upload the file again: lines
              that are applied already change nothing.
            </p>
          )}
        </section>
      )}
      {isAsked.value && (
        <FirstVariantsDialog
          product={present.value}
          {...sumsOf(added)}
          run={() => apply(lines)}
          close={() => void (isAsked.value = false)}
        />
      )}
    </section>
  )
}

const SAMPLE = `name,sku,options,price,stock,picture,alt,position
41,R-41,size=41; colour=red,,20,https://shop.example/red.avif,The red shoe,1
42,R-42,size=42; colour=red,139.00,30,,,2`

/** Reads the file as UTF-8. Another encoding would put wrong names on sale. */
async function textOf(file: File): Promise<string> {
  if (file.size > MOST_BYTES) throw new Error("The file is larger than 1 MB.")
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(await file.arrayBuffer())
  } catch {
    throw new Error(
      "The file is not in UTF-8. In a spreadsheet, save it as “CSV UTF-8”; in a text editor, choose the encoding UTF-8.",
    )
  }
}

function countOf(lines: readonly PlannedLine[], kind: PlannedLine["kind"]): number {
  return lines.filter((planned) => planned.kind === kind).length
}

function previewText(lines: readonly PlannedLine[]): string {
  return `Preview: ${countOf(lines, "new")} new, ${countOf(lines, "changed")} changed, ${countOf(lines, "same")} unchanged, ${countOf(lines, "faulty")} with an error`
}

function resultText(
  step: "running" | "done",
  lines: readonly PlannedLine[],
  results: ReadonlyMap<number, LineResult>,
): string {
  const wanted = countOf(lines, "new") + countOf(lines, "changed")
  const applied = [...results.values()].filter(({ kind }) => kind === "applied").length
  const skipped = countOf(lines, "faulty")
  const rest = skipped === 0 ? "" : `; ${skipped} skipped because of an error`
  return `${step === "running" ? "Applying:" : "Applied"} ${applied} of ${wanted} lines${rest}`
}

interface PlanTableProps {
  readonly lines: readonly PlannedLine[]
  /** Null: nothing was applied yet. */
  readonly results: ReadonlyMap<number, LineResult> | null
}

function PlanTable({ lines, results }: PlanTableProps) {
  return (
    <div class="scroll" role="region" aria-label="Lines of the file" tabindex={0}>
      <table class="tabular">
        <thead>
          <tr>
            <th scope="col" class="number">
              Line
            </th>
            <th scope="col">Variant</th>
            <th scope="col">Effect</th>
            {results !== null && <th scope="col">Result</th>}
          </tr>
        </thead>
        <tbody>
          {lines.map((planned) => {
            const result = results?.get(planned.line)
            const isBad = planned.kind === "faulty" || (result !== undefined && result.kind !== "applied")
            return (
              <tr key={planned.line} class={isBad ? "refused" : undefined}>
                <td class="number">{planned.line}</td>
                <th scope="row" class="name">
                  {planned.name}
                </th>
                <td class="wide">{effectText(planned)}</td>
                {results !== null && (
                  <td class="wide">{result === undefined ? "" : lineResultText(result)}</td>
                )}
              </tr>
            )
          })}
        </tbody>
      </table>
    </div>
  )
}

function effectText(planned: PlannedLine): string {
  switch (planned.kind) {
    case "new":
      return `New: ${planned.texts.join(", ")}${warningText(planned.warning)}`
    case "changed":
      return `Changed: ${planned.texts.join(", ")}${warningText(planned.warning)}`
    case "same":
      return "Unchanged"
    case "faulty":
      return `Error, skipped: ${planned.fault}`
  }
}

function warningText(warning: string | null): string {
  return warning === null ? "" : `. Warning: ${warning}`
}

function lineResultText(result: LineResult): string {
  switch (result.kind) {
    case "applied":
      return "Applied"
    case "refused":
      return `Refused: ${result.text}`
    case "unknown":
      return `No answer, so it may be applied or not: ${result.text}`
    case "not_tried":
      return "Not tried, because the server did not answer"
  }
}

interface ConfirmationProps {
  readonly product: ShopProduct
  readonly lines: readonly PlannedLine[]
  readonly apply: () => void
}

function Confirmation({ product, lines, apply }: ConfirmationProps) {
  const [added, changed, faulty] = [
    countOf(lines, "new"),
    countOf(lines, "changed"),
    countOf(lines, "faulty"),
  ]
  if (added + changed === 0) return <p>There is nothing to apply.</p>
  const parts = [["add", added] as const, ["change", changed] as const]
    .filter(([, count]) => count > 0)
    .map(([verb, count]) => `${verb} ${count} ${count === 1 ? "variant" : "variants"}`)
  const text = parts.join(", ")
  return (
    <>
      <p>
        First the new variants are added, as many in one request as fit; a request that is refused adds none
        of its variants. Then the changed lines are applied one after another. If a line is refused, its
        result says whether a part of it was applied; the lines before it stay applied, and the lines after it
        are still tried.{" "}
        {isHidden(product) ? "Buyers do not see the product now." : "Buyers see each change at once."}
      </p>
      <div class="buttons">
        <button type="button" class="button primary" onClick={apply}>
          {text.charAt(0).toUpperCase() + text.slice(1)}
          {faulty > 0 && `, skip ${faulty === 1 ? "1 line" : `${faulty} lines`}`}
        </button>
      </div>
    </>
  )
}
