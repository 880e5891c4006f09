-- The persons behind logins, as the identity provider said when they signed in or filed (Rule 14). A login is found by
-- its plain form, in which names are compared.
create table login_person (
    login       text not null,
    person      text not null,
    plain_login text not null,
    primary key (login, person));
create index login_person_plain on login_person (plain_login);
