import { textTools } from "../../../client/src/languages.ts"
import type { Words } from "./en.ts"
import { jaForm } from "./ja-form.ts"

const { plural, count } = textTools("ja")

const units = (qty: number) => plural(qty, { other: "#点" })
const and = (names: readonly string[]) => names.join("、")

/** The words of the storefront in Japanese. */
export const ja: Words = {
  /* Every page */
  sentence: (text) => (text.endsWith("…") ? text : `${text}。`),
  shopTime: "ショップ時刻",
  language: "言語",
  loading: "読み込み中…",
  reload: "再読み込み",
  partNotLoaded: "ページの一部を読み込めませんでした。再読み込みしても入力内容は保持されます。",
  offline: "接続できません。表示が最新でない可能性があります。自動的に再接続します。",
  connectionLost: "接続が切れました。",
  connectedAgain: "再接続しました。",
  oneMinuteLeft: "残り1分です。",
  notFound: "ページが見つかりません",
  checkAddress: "アドレスをご確認いただくか、",
  seeAllProducts: "商品一覧をご覧ください",
  days: (days) => `${days}日`,

  /* Lists and products */
  onSale: "販売中",
  noProducts: "商品はまだありません。",
  moreProducts: "ほかの商品を見る",
  from: (price) => `${price}から`,
  left: (qty) => `残り${count(qty)}点`,
  opensAt: (time) => `${time} 販売開始`,
  saleStates: {
    open: "販売中",
    all_held: "すべて確保済み",
    sold_out: "売り切れ",
    scheduled: "まもなく販売開始",
    paused: "一時停止中",
    closed: "販売終了",
  },
  variantStates: { all_held: "すべて確保済み", sold_out: "売り切れ", not_for_sale: "販売していません" },
  product: (id) => `商品 ${id}`,
  variant: (id) => `種類 ${id}`,
  units,
  pictures: "画像",
  showPicture: (number: number, all: number) => `画像を表示（${number}／${all}）`,
  opens: "販売開始",
  closes: "販売終了",
  total: "合計",
  limitPerOrder: "1回のご注文の上限",
  limitPerCustomer: "お一人様の上限",
  reservedFor: "確保時間",
  seconds: (seconds) => plural(seconds, { other: "#秒" }),
  minutes: (minutes) => plural(minutes, { other: "#分" }),
  untilTime: (time) => `販売開始まで（${time}）`,
  ofLeft: (stock) => `点が購入可能（全${count(stock)}点）`,
  ofReserved: (stock) => `点が確保済み（全${count(stock)}点）`,
  ofReservedUntil: (stock, time) => `点が確保済み（全${count(stock)}点、最短の期限は${time}）`,
  sold: (qty) => `販売済み ${count(qty)}点`,
  reserved: (qty) => `確保済み ${count(qty)}点`,

  /* Reserving */
  buy: "購入",
  reserve: "商品を確保する",
  reserving: "確保しています…",
  tryAgain: "もう一度試す",
  reservingNeedsScripts: "商品を確保するには JavaScript が必要です。",
  quantity: "数量",
  quantityOf: (name) => `${name}の数量`,
  decrease: "数量を減らす",
  decreaseOf: (name) => `${name}の数量を減らす`,
  increase: "数量を増やす",
  increaseOf: (name) => `${name}の数量を増やす`,
  chooseUpTo: (qty) => `合計${count(qty)}点までお選びいただけます`,
  chooseSeveral: "複数の種類を選ぶ",
  chooseFirst: "先に選択してください",
  chooseOption: (option) => `${option}を選択してください`,
  chooseOne: "選択してください",
  customerId: "お客様 ID",
  enterCustomerId: "お客様 ID を入力してください。",
  customerIdHelp:
    "お一人様あたりの購入数に上限があります。メールアドレスなど、ショップに登録されている情報を入力してください。",
  placeOrder: "注文する",
  placingOrder: "注文しています…",
  cancelReservation: "確保を取り消す",
  leftToOrder: "以内にご注文ください",

  /* The buyer's situation */
  crowdTrying: "混み合っています。再試行しています…",
  noAnswerTrying: "応答がありません。再試行しています…",
  reservedForYou: (qty) => `${units(qty)}を確保しました`,
  headlines: {
    scheduled: "販売開始前",
    paused: "販売を一時停止しています",
    over: "販売は終了しました",
    sold_out: "売り切れ",
    all_held: "すべて確保済み",
    on_sale: "販売中",
    order_unread: "ご注文を読み込んでいます…",
    order_missing: "このブラウザーにご注文が見つかりません",
    wrong_link: "このリンクではご注文を開けません",
    to_pay: "お支払い待ち",
    needs_details: "情報が不足しています",
    payment_under_way: "お支払いを確認しています…",
    paid: "お支払い済み",
    declined: "お支払いが承認されませんでした",
    cancelled: "ご注文はキャンセルされました",
    order_expired: "ご注文の期限が切れました",
    late_payment: "お支払いが遅れています",
    money_returning: "返金処理中",
    money_returned: "返金済み",
    refunded: "ご注文は返金されました",
  },
  explanations: {
    scheduled: "このページのままお待ちください。ショップ時刻になると自動的に販売が始まります。",
    paused: "ショップが販売を一時停止しています。このページのままお待ちください。自動的に更新されます。",
    over: "この商品の販売は終了しました。",
    sold_out: "すべての商品が購入されました。",
    all_held:
      "現在、購入できる商品がありません。確保の期限が切れると、再び購入できるようになります。このページのままお待ちください。自動的に更新されます。",
    reserving: "お待ちください。再試行しても、確保する数は増えません。",
    order_missing: "別のブラウザーまたは別の端末で注文された可能性があります。",
    wrong_link:
      "リンクが途中で切れているか、別のご注文のものです。最後の文字まで、もう一度コピーしてください。",
    to_pay: "ショップに直接お支払いください。お支払いが届くと、このページに表示されます。",
    needs_details: "お支払いの前に、ショップに情報をお知らせください。",
    payment_under_way: "数秒かかります。このページを離れて、後で戻ることもできます。",
    paid: "ありがとうございます。お支払いを受け付けました。",
    paid_late: "ありがとうございます。お支払いは期限後に届きましたが、商品をご用意できました。",
    declined: "代金は請求されていません。商品はほかのお客様が購入できるようになりました。",
    cancelled:
      "商品はほかのお客様が購入できるようになりました。お支払いが届いた場合は、自動的に返金されます。",
    order_expired:
      "期限までにお支払いがなかったため、商品はほかのお客様が購入できるようになりました。お支払いが届いたときに商品が残っていればお渡しし、残っていなければ自動的に返金されます。",
    late_payment:
      "お支払いの期限が過ぎました。お支払いが届いたときに商品が残っていればお渡しし、残っていなければ自動的に返金されます。",
    refunded: "代金の全額が返金されました。",
  },
  moneyReturning: (amount) => `お支払いが期限に間に合いませんでした。${amount}を自動的に返金しています。`,
  moneyReturned: (amount) => `お支払いが期限に間に合いませんでした。${amount}を返金しました。`,

  /* Notices */
  tooFew: (qty) => `残り${count(qty)}点です。数を減らしてください。`,
  missed: "ほかのお客様が先に確保されました。商品は確保されていません。",
  lacking: (reasons) => `ほかのお客様が先に確保されました。商品は確保されていません（${and(reasons)}）。`,
  lackingAll: (name) => `${name}は購入できません`,
  lackingSome: (name, qty) => `${name}は残り${units(qty)}です`,
  overLimit: (qty) => `1回のご注文は${units(qty)}までです。`,
  overLimitOf: (qty, name) => `${name}は1回のご注文につき${units(qty)}までです。`,
  variantDisabled: (name) => `商品は確保されていません。${name}の販売は終了しました。`,
  customerLimitReached: "お一人様の上限に達しています。",
  customerLimit: (qty) => `あと${units(qty)}確保できます。お一人様の上限があります。`,
  notices: {
    variant_required: "この商品は種類ごとの販売になりました。いずれかを選択してください。",
    crowd: "まだ混み合っています。もう一度お試しください。確保する数は増えません。",
    no_answer: "ショップから応答がありません。もう一度お試しください。確保する数は増えません。",
    check_details: "入力内容を受け付けられませんでした。印の付いた項目を修正してください。",
    wrong_link:
      "開いたリンクは途中で切れているか、別のご注文のものです。このブラウザーではリンクなしでご注文を開けました。",
    hold_expired: "確保の期限が切れました。商品はほかのお客様が購入できるようになりました。",
    hold_expired_details_kept:
      "確保の期限が切れました。商品はほかのお客様が購入できるようになりました。入力内容はこのタブに保持されています。",
    hold_released: "確保を取り消しました。商品はほかのお客様が購入できるようになりました。",
    price_changed: "選択されたときから価格が変わりました。お支払いは、ここに表示されている合計額です。",
    ordered: "この商品のご注文があります。",
  },
  refused: () => "ショップがこの操作を受け付けませんでした。ページを再読み込みして、もう一度お試しください。",
  goToOrder: (orderId) => `注文 ${orderId} を見る`,
  lackSome: (name, qty) => `${name}は残り${units(qty)}です。数を減らしてください。`,
  lackHeld: (name) =>
    `${name}はすべて確保済みです。確保の期限が切れると購入できるようになります。このページのままお待ちください。`,
  lackSold: (name) => `${name}は売り切れです。`,
  lackNotForSale: (name) => `${name}の販売は終了しました。`,
  availableAgain: (names) => `${and(names)}が再び購入できるようになりました。`,

  /* An order */
  order: (orderId) => `注文 ${orderId}`,
  reference: "参照番号",
  findByEmail: "メールでご注文を探す",
  orderNeedsScripts: "ご注文を表示するには JavaScript が必要です。",
  leftToPay: "以内にお支払いください",
  paidAt: "お支払い日時",
  pay: "支払う",
  paying: "お支払い処理中…",
  openingPayment: "お支払い画面を開いています…",
  notTaken:
    "お支払いは完了しておらず、代金は請求されていません。もう一度お試しいただくか、別のお支払い方法をお選びください。",
  formNotLoaded:
    "お支払いフォームを読み込めませんでした。このページで js.stripe.com の読み込みを許可して、もう一度お試しください。",
  cancelOrder: "注文をキャンセル",
  backToProduct: "商品に戻る",
  detailsLacking: "ショップが必要とする情報が不足しています。ショップからご連絡します。",
  isSent: "ご注文の商品は、下記の住所に発送されます。",
  refundedAmount: (amount) => `返金額：${amount}`,
  isReceipt: "このページが領収の控えです。",
  otherDevice: "別の端末で開く",
  otherDeviceHelp: "このリンクを知っている人は、誰でもご注文を確認・変更できます。リンクに期限はありません。",
  qrCode: "このご注文へのリンクの QR コード",
  linkToOrder: "このご注文へのリンク",
  copyLink: "リンクをコピー",
  linkCopied: "リンクをコピーしました。",
  copySelected: "選択されたリンクをコピーしてください。",

  /* Finding orders */
  findOrder: "ご注文を探す",
  findHelp: "ご注文時のメールアドレスを入力してください。それぞれのご注文へのリンクをお送りします。",
  sendLink: "リンクを送信する",
  sending: "送信中…",
  findingNeedsScripts: "ご注文を探すには JavaScript が必要です。",
  found: {
    accepted:
      "このメールアドレスのご注文がある場合は、リンクをメールでお送りします。迷惑メールフォルダーもご確認ください。",
    too_often: "リクエストが多すぎます。しばらくしてからもう一度お試しください。",
    no_answer: "ショップから応答がありません。もう一度お試しください。",
    no_mail:
      "このショップはメールを送信していません。注文したブラウザーでご注文を開くか、ショップにお問い合わせください。",
    refused: "このメールアドレスには送信できません。入力に誤りがないかご確認ください。",
  },

  form: jaForm,
}
