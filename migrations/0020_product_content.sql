-- What a product's page and mails show besides its row: further pictures, texts in other languages, and what only buyers
-- read after they have paid. It can be long, and no decision of a sale needs it, so it is not in the row that every batch
-- reads.
--
-- A new table alone: nothing that a sale uses is locked. No foreign key, which would lock the table of the products.
create table product_contents (
  product_id      bigint       primary key,
  image_alt       text,
  pictures        jsonb        not null default '[]',
  after_purchase  text,
  translations    jsonb        not null default '{}',
  updated_at      timestamptz  not null
);
