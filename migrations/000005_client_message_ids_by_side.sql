-- The customer's client and the agents' choose ids for their messages on their own: the same one on both sides is two messages.
alter table messages drop constraint messages_workspace_id_conversation_id_client_message_id_key;
alter table messages add unique (workspace_id, conversation_id, author_kind, client_message_id);
