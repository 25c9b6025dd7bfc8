-- Lets the page make the next commit of the inventory fail. A sequence counts how many are still to
-- fail, because what a transaction takes from a sequence stays taken when the transaction is rolled back.

create sequence failing_commits increment by -1 minvalue 0 maxvalue 1000 start with 0;

create function fail_commit() returns trigger language plpgsql as $$
begin
	if (select last_value from failing_commits) > 0 then
		perform nextval('failing_commits');
		raise exception 'This commit fails on purpose' using errcode = 'serialization_failure';
	end if;
	return null;
end
$$;

create constraint trigger reservations_fail_commit after insert on reservations
	deferrable initially deferred for each row execute function fail_commit();
