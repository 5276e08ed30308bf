-- Categories of alarms, it and everything below it each: which a user handles, a person is told of, a chain is for. null is all.
alter table users add categories text[];
alter table contacts add categories text[];
alter table escalation_chains add categories text[];
